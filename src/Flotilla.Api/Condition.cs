using System.ComponentModel;
using System.Text.Json.Serialization;
using Flotilla.Api.Definitions;

namespace Flotilla.Api;

/// <summary>Whether a condition holds.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConditionStatus>))]
public enum ConditionStatus
{
    Unknown,
    True,
    False,
}

/// <summary>One aspect of an object's state (KEP-1623).</summary>
[Description("One aspect of the state of this object.")]
public sealed record Condition
{
    [Description("What the condition is about, in CamelCase.")]
    [Form(TextForm.ConditionType)]
    public required string Type { get; init; }

    [Description("True, False, or Unknown when nobody can tell at present.")]
    public required ConditionStatus Status { get; init; }

    [Description("Why, as a word for machines; docs/reasons.md lists them all.")]
    [Size(1, 128)]
    public required string Reason { get; init; }

    [Description("Why, as a sentence for people.")]
    [Size(0, 32768)]
    public string Message { get => field ?? ""; init; }

    [Description("The generation of the spec that this was said of.")]
    public long ObservedGeneration { get; init; }

    [Description("When the status last changed.")]
    public DateTimeOffset LastTransitionTime { get; init; }
}
