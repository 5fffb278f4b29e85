using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>PodTemplates.</summary>
internal sealed class PodTemplateKind() : BuiltInKind(KindTraits.Generation)
{
    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.Change | MetadataChecks.Whole;

    public override IEnumerable<string> Warnings(JsonObject obj, JsonObject? old) =>
        IsNew(obj, old) ? PodWarnings.OfTemplate(FieldPath.Of("template"), obj.Object("template")) : [];

    protected override void Check(FieldProblems problems, JsonObject obj) => PodTemplateValidation.Check(problems, FieldPath.Of("template"), obj.Object("template"));
}
