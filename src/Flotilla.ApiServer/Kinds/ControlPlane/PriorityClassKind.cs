using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.ControlPlane;

/// <summary>PriorityClasses: their value never changes, and the highest values are the system's.</summary>
internal sealed class PriorityClassKind() : BuiltInKind(KindTraits.Generation)
{
    private const long HighestOfUsers = 1_000_000_000;
    private const string SystemPrefix = "system-";

    /// <summary>Value of each class that the system itself has.</summary>
    private static readonly Dictionary<string, long> OfSystem = new() { ["system-node-critical"] = 2_000_001_000, ["system-cluster-critical"] = 2_000_000_000 };

    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.Change;

    public override bool ValidatesWholeOnUpdate => false;

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var (name, value) = (obj.Object("metadata").Text("name"), obj.Number("value"));
        if (name.StartsWith(SystemPrefix, StringComparison.Ordinal))
        {
            if (!OfSystem.TryGetValue(name, out var known))
            {
                problems.Forbidden(FieldPath.Metadata["name"],
                    $"priority class names with '{SystemPrefix}' prefix are reserved for system use only. error: {name} is not a known system priority class");
            }
            else if (known != value)
            {
                problems.Forbidden(FieldPath.Metadata["name"],
                    $"priority class names with '{SystemPrefix}' prefix are reserved for system use only. error: value of {name} PriorityClass must be {known}");
            }
        }
        else if (value > HighestOfUsers)
            problems.Forbidden(FieldPath.Of("value"), $"maximum allowed value of a user defined priority is {HighestOfUsers}");
        if (obj.Has("preemptionPolicy"))
            problems.OneOf(FieldPath.Of("preemptionPolicy"), obj.Text("preemptionPolicy"), "Never", "PreemptLowerPriority");
    }

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old)
    {
        if (obj.Number("value") != old.Number("value"))
            problems.Forbidden(FieldPath.Of("value"), "may not be changed in an update.");
        problems.Unchanged(FieldPath.Of("preemptionPolicy"), obj.Member("preemptionPolicy"), old.Member("preemptionPolicy"));
    }
}
