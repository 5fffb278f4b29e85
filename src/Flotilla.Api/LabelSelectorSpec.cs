using System.ComponentModel;
using Flotilla.Api.Definitions;

namespace Flotilla.Api;

/// <summary>Picks objects by labels, as everywhere in Kubernetes.</summary>
[Description("Picks objects by their labels; all parts must fit. An empty selector picks everything in the namespace.")]
public sealed record LabelSelectorSpec
{
    [Description("Labels that must have exactly these values.")]
    [Size(0, 32)]
    public IReadOnlyDictionary<string, string> MatchLabels { get => field ?? new Dictionary<string, string>(); init; }

    [Description("Further demands on labels.")]
    [Size(0, 32)]
    public IReadOnlyList<LabelSelectorRequirement> MatchExpressions { get => field ?? []; init; }
}

[Description("A demand on one label.")]
[Rule("self.operator in ['In', 'NotIn'] ? has(self.values) && size(self.values) > 0 : !has(self.values) || size(self.values) == 0",
    "In and NotIn need values; Exists and DoesNotExist take none", Field = ".values")]
public sealed record LabelSelectorRequirement
{
    [Description("The label's key.")]
    [Size(1, 317)]
    public required string Key { get; init; }

    [Description("In, NotIn, Exists or DoesNotExist.")]
    [Words("In", "NotIn", "Exists", "DoesNotExist")]
    public required string Operator { get; init; }

    [Description("Values for In and NotIn.")]
    [Size(0, 64)]
    public IReadOnlyList<string> Values { get => field ?? []; init; }
}
