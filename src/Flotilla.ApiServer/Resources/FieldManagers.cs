using System.Text.Json.Nodes;
using Flotilla.Kubernetes.ManagedFields;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Resources;

/// <summary>Makes the field managers of kinds.</summary>
internal static class FieldManagers
{
    /// <param name="empty">An object of the kind that nobody has written to: nobody owns what it has.</param>
    public static FieldManager BuiltIn(ResourceType type, Schema schema, JsonObject empty) =>
        new(schema, type.ApiVersion, type.Kind, ResetFields.Of(type), empty: empty);

    public static FieldManager Custom(ResourceType type, Schema schema, bool hasStatus, ConvertObject convert) =>
        new(schema, type.ApiVersion, type.Kind, ResetFields.OfCustomResource(hasStatus), convert);
}
