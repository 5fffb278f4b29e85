using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>ControllerRevisions: their data never changes.</summary>
internal sealed class ControllerRevisionKind() : BuiltInKind(KindTraits.ConditionalUpdate)
{
    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.Change | MetadataChecks.Whole;

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        if (!obj.Has("data"))
            problems.Required(FieldPath.Of("data"), "data is mandatory");
        problems.NotNegative(FieldPath.Of("revision"), obj.Member("revision"));
    }

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old) =>
        problems.Unchanged(FieldPath.Of("data"), obj.Member("data"), old.Member("data"));
}
