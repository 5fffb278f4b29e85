using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>ReplicationControllers: their selector is a plain map of labels.</summary>
internal sealed class ReplicationControllerKind() : BuiltInKind(KindTraits.Generation | KindTraits.Status)
{
    public override bool OrphansByDefault => true;

    private static readonly Dictionary<string, Func<JsonObject, string>> Fields = new() { ["status.replicas"] = ReplicaSetKind.Replicas };

    public override IReadOnlyDictionary<string, Func<JsonObject, string>> SelectableFields => Fields;

    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.Change | MetadataChecks.Whole;

    public override string UnknownFieldLabel(string label) => $"field label not supported: {label}";

    public override IEnumerable<string> Warnings(JsonObject obj, JsonObject? old) =>
        IsNew(obj, old) ? PodWarnings.OfName(obj, old).Concat(PodWarnings.OfTemplate(FieldPath.Spec["template"], SpecOf(obj).Object("template"))) : [];

    protected override void Check(FieldProblems problems, JsonObject obj) => Spec(problems, SpecOf(obj));

    // The strategy validates the whole and then the change, which holds the spec again.
    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old) => Spec(problems, SpecOf(obj));

    protected override void CheckStatus(FieldProblems problems, JsonObject obj, JsonObject old) => ReplicaSetKind.Status(problems, StatusOf(obj));

    private static void Spec(FieldProblems problems, JsonObject spec)
    {
        var path = FieldPath.Spec;
        NumberRules.NotNegative(problems, path, spec, "minReadySeconds", "replicas");
        var selector = spec.Object("selector");
        if (selector is not { Count: > 0 })
            problems.Required(path["selector"]);
        if (spec.Object("template") is not { } template)
        {
            problems.Required(path["template"]);
            return;
        }
        PodTemplateValidation.Matches(problems, path["template"], template, new JsonObject { ["matchLabels"] = selector?.DeepClone() });
        PodTemplateValidation.Check(problems, path["template"], template);
        PodTemplateValidation.OnlyAlways(problems, path["template"], template, "activeDeadlineSeconds in ReplicationController is not Supported");
    }
}
