using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.ControlPlane;

/// <summary>Leases, by which one of several is elected and nodes say that they live.</summary>
internal sealed class LeaseKind() : BuiltInKind(KindTraits.CreateOnUpdate | KindTraits.ConditionalUpdate)
{
    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.Change | MetadataChecks.Whole;

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var (path, spec) = (FieldPath.Spec, SpecOf(obj));
        if (spec.Member("leaseDurationSeconds").AsInt64OrNull() is <= 0)
            problems.Invalid(path["leaseDurationSeconds"], spec.Member("leaseDurationSeconds"), "must be greater than 0");
        problems.NotNegative(path["leaseTransitions"], spec.Member("leaseTransitions"));
        if (spec.Text("strategy") is { Length: > 0 } strategy && strategy != "OldestEmulationVersion")
        {
            var at = path["strategy"]["strategy"];
            if (strategy.Contains('/', StringComparison.Ordinal))
                problems.Invalid(at, strategy, Names.QualifiedNameProblems(strategy));
            else
                problems.NotSupported(at, strategy, ["OldestEmulationVersion"]);
        }
        if (spec.Has("preferredHolder") && spec.Text("strategy").Length == 0)
            problems.Forbidden(path["preferredHolder"], "may only be specified if `strategy` is defined");
    }
}
