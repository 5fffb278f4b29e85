using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Core;

/// <summary>Namespaces.</summary>
internal sealed class NamespaceKind() : BuiltInKind(KindTraits.Status, Names.DnsLabelProblems)
{
    /// <summary>The finalizer that holds a namespace until it is empty.</summary>
    public const string Finalizer = "kubernetes";

    private const string NameLabel = "kubernetes.io/metadata.name";

    private static readonly Dictionary<string, Func<JsonObject, string>> Fields = new() { ["status.phase"] = ns => ns.Object("status").Text("phase") };

    public override IReadOnlyDictionary<string, Func<JsonObject, string>> SelectableFields => Fields;

    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.Change | MetadataChecks.Whole;

    public override string UnknownFieldLabel(string label) => $"field label not supported: {label}";

    public override void PrepareForCreate(JsonObject obj)
    {
        // A generated name was not known yet when defaults were filled.
        var metadata = obj.ObjectOrNew("metadata");
        metadata.ObjectOrNew("labels")[NameLabel] = metadata.Text("name");
        obj["status"] = new JsonObject { ["phase"] = "Active" };
        var spec = obj.ObjectOrNew("spec");
        if (!spec.Texts("finalizers").Contains(Finalizer))
        {
            if (spec.Array("finalizers") is not { } finalizers)
                spec["finalizers"] = finalizers = [];
            finalizers.Add((JsonNode)Finalizer);
        }
    }

    public override void PrepareForUpdate(JsonObject obj, JsonObject old) => obj.ObjectOrNew("spec").CopyFrom(old.Object("spec"), "finalizers");

    public override void PrepareForSubresource(string subresource, JsonObject obj, JsonObject old) => obj.CopyFrom(old, "status");

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        foreach (var name in SpecOf(obj).Texts("finalizers"))
            FinalizerName(problems, FieldPath.Spec["finalizers"], name);
    }

    protected override void CheckStatus(FieldProblems problems, JsonObject obj, JsonObject old)
    {
        var phase = StatusOf(obj).Text("phase");
        if (!obj.Object("metadata").Has("deletionTimestamp"))
        {
            if (phase != "Active")
                problems.Invalid(FieldPath.Status["Phase"], phase, "may only be 'Active' if `deletionTimestamp` is empty");
        }
        else if (phase != "Terminating")
            problems.Invalid(FieldPath.Status["Phase"], phase, "may only be 'Terminating' if `deletionTimestamp` is not empty");
    }

    protected override void CheckSubresource(FieldProblems problems, string subresource, JsonObject obj, JsonObject old)
    {
        foreach (var (at, name) in SpecOf(obj).EachText("finalizers", FieldPath.Spec))
            FinalizerName(problems, at, name);
    }

    private static void FinalizerName(FieldProblems problems, FieldPath path, string name)
    {
        problems.Invalid(path, name, Names.QualifiedNameProblems(name));
        if (!name.Contains('/', StringComparison.Ordinal) && name is not (Finalizer or "orphan" or "foregroundDeletion"))
            problems.Invalid(path, name, "name is neither a standard finalizer name nor is it fully qualified");
    }
}
