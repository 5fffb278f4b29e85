using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds;
using Flotilla.ApiServer.Kinds.Conversion;
using Flotilla.ApiServer.Kinds.Decoding;
using Flotilla.ApiServer.Storage;
using Flotilla.ApiServer.Tables;
using Flotilla.Kubernetes.ManagedFields;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Resources;

/// <summary>A resource that every Kubernetes has.</summary>
internal sealed class BuiltInResource(ResourceType type) : ServedResource(type)
{
    private readonly Lazy<JsonObject> empty = new(() => Empty(type));
    private readonly Lazy<FieldManager> fields = new(() => FieldManagers.BuiltIn(type, BuiltInTypes.Instance.Kind(type.ApiVersion, type.Kind)!, Empty(type)));
    private readonly bool differsFromStored = StoredForms.Differs(type.ApiVersion, type.Kind);

    public override string StorageName { get; } = StoredForms.StorageName(type);

    public override bool IsCustom => false;

    public override Schema Schema => field ??= BuiltInTypes.Instance.Kind(Type.ApiVersion, Type.Kind)!;

    public override KindRules Rules { get; } = BuiltInKinds.Find(type.Group, type.Kind);

    public override FieldManager Fields => fields.Value;

    public override IScaleMapping? Scale => Subresource("scale") is null ? null : ScaleKind.Workload;

    public override TablePrinter Table => TablePrinter.For(Type.ApiVersion, Type.Plural);

    public override void ClearStatus(JsonObject obj)
    {
        if (empty.Value.TryGetPropertyValue("status", out var status))
            obj["status"] = status?.DeepClone();
        else
            obj.Remove("status");
    }

    public override JsonObject ToStorage(JsonObject obj) => StoredForms.ToStorage(obj);

    public override JsonObject FromStorage(JsonObject stored) => StoredForms.FromStorage(Type.ApiVersion, stored);

    public override bool ServesAsStored(StoredObject stored) => !differsFromStored;

    public override void Decode(JsonObject obj, Action<string> onUnknownField) => TypedDecoding.DecodeBody(obj, Type, Schema, onUnknownField);

    /// <summary>What Go's structs have before anybody writes to them.</summary>
    private static JsonObject Empty(ResourceType type)
    {
        var obj = new JsonObject { ["kind"] = type.Kind, ["apiVersion"] = type.ApiVersion };
        TypedDecoding.Decode(obj, BuiltInTypes.Instance.Kind(type.ApiVersion, type.Kind)!);
        return obj;
    }
}
