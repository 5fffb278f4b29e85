using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds.Decoding;
using Flotilla.Kubernetes.ManagedFields;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Resources;

/// <summary>Makes the field managers of kinds.</summary>
internal static class FieldManagers
{
    public static FieldManager BuiltIn(ResourceType type, Schema schema)
    {
        var empty = new JsonObject { ["kind"] = type.Kind, ["apiVersion"] = type.ApiVersion };
        TypedDecoding.Decode(empty, schema);
        return new FieldManager(schema, type.ApiVersion, type.Kind, ResetFields.Of(type), empty: empty);
    }

    public static FieldManager Custom(ResourceType type, Schema schema, bool hasStatus) =>
        new(schema, type.ApiVersion, type.Kind, ResetFields.OfCustomResource(hasStatus));
}
