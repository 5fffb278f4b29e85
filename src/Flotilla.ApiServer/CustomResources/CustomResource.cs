using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds;
using Flotilla.ApiServer.Resources;
using Flotilla.ApiServer.Storage;
using Flotilla.ApiServer.Tables;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.ManagedFields;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.CustomResources;

/// <summary>A served version of a CRD, in one cluster.</summary>
/// <param name="kind">The version, compiled; shared by all clusters with the same definition.</param>
/// <param name="since">Revision of the definition: objects written later have its fields and defaults, older ones get them when read.</param>
internal sealed class CustomResource(CustomResourceKind kind, long since, bool terminating) : ServedResource(kind.Resource)
{
    public CustomResourceKind Kind => kind;

    /// <summary>Whether the definition is being deleted, so that nothing can be created.</summary>
    public bool IsTerminating => terminating;

    public override bool IsCustom => true;

    public override Schema Schema => kind.Schema;

    public override KindRules Rules => kind;

    public override FieldManager Fields => kind.Fields;

    public override TablePrinter Table => kind.Table;

    public override IScaleMapping? Scale => kind.Scale;

    public override void Decode(JsonObject obj, Action<string> onUnknownField)
    {
        if (kind.Decode(obj, onUnknownField) is { } problem)
            throw ApiStatusException.BadRequest(problem);
    }

    public override bool ServesAsStored(StoredObject stored) => kind.IsStorage && stored.Revision > since;

    public override JsonObject ToStorage(JsonObject obj)
    {
        if (kind.IsStorage)
            return obj;
        var stored = (JsonObject)obj.DeepClone();
        stored["apiVersion"] = kind.StorageApiVersion;
        return stored;
    }

    public override JsonObject FromStorage(JsonObject stored)
    {
        kind.FromStorage(stored);
        return stored;
    }
}
