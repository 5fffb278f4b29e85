using System.ComponentModel;

namespace Flotilla.Api;

/// <summary>Picks objects by labels, as everywhere in Kubernetes.</summary>
[Description("Picks objects by their labels; all parts must fit. An empty selector picks everything in the namespace.")]
public sealed record LabelSelectorSpec
{
    [Description("Labels that must have exactly these values.")]
    public IReadOnlyDictionary<string, string> MatchLabels { get => field ?? new Dictionary<string, string>(); init; }

    [Description("Further demands on labels.")]
    public IReadOnlyList<LabelSelectorRequirement> MatchExpressions { get => field ?? []; init; }
}

[Description("A demand on one label.")]
public sealed record LabelSelectorRequirement
{
    [Description("The label's key.")]
    public required string Key { get; init; }

    [Description("In, NotIn, Exists or DoesNotExist.")]
    public required string Operator { get; init; }

    [Description("Values for In and NotIn.")]
    public IReadOnlyList<string> Values { get => field ?? []; init; }
}
