using System.Text.Json.Nodes;
using Flotilla.Api;
using Flotilla.Kubernetes.Selectors;

namespace Flotilla.Core.Fleets;

/// <summary>Which sites a declared selector picks; made once, asked often.</summary>
public sealed class SiteSelector
{
    private readonly LabelSelector selector;

    /// <exception cref="SelectorException">Keys, values or operators do not fit.</exception>
    public SiteSelector(LabelSelectorSpec declared) => selector = LabelSelector.FromObject(new JsonObject
    {
        ["matchLabels"] = new JsonObject(declared.MatchLabels.Select(l => KeyValuePair.Create(l.Key, (JsonNode?)JsonValue.Create(l.Value)))),
        ["matchExpressions"] = new JsonArray([.. declared.MatchExpressions.Select(Expression)]),
    });

    /// <summary>Whether labels are picked.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels) => selector.Matches(labels.GetValueOrDefault);

    private static JsonObject Expression(LabelSelectorRequirement requirement) => new()
    {
        ["key"] = requirement.Key,
        ["operator"] = requirement.Operator,
        ["values"] = requirement.Values.Count == 0 ? null : new JsonArray([.. requirement.Values.Select(v => JsonValue.Create(v))]),
    };
}
