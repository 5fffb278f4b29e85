using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Selection;

/// <summary>A <c>LabelSelector</c> of an object (<c>matchLabels</c> and <c>matchExpressions</c>), ready to compare.</summary>
internal sealed class LabelSelector
{
    private static readonly LabelSelector Everything = new([]);
    private readonly Requirement[] requirements;

    private LabelSelector(Requirement[] requirements) => this.requirements = requirements;

    /// <summary>True when it selects all objects.</summary>
    public bool IsEmpty => requirements.Length == 0;

    /// <summary>Reads a selector that was validated when it was stored; absent and empty select everything.</summary>
    public static LabelSelector Read(JsonNode? selector)
    {
        var found = new List<Requirement>();
        foreach (var (key, value) in selector.Object("matchLabels") ?? [])
            found.Add(new Requirement(key, "In", [value.AsStringOrNull() ?? ""]));
        foreach (var expression in selector.Array("matchExpressions") ?? [])
        {
            found.Add(new Requirement(
                expression.String("key") ?? "",
                expression.String("operator") ?? "",
                [.. (expression.Array("values") ?? []).Select(v => v.AsStringOrNull() ?? "")]));
        }
        return found.Count == 0 ? Everything : new LabelSelector([.. found]);
    }

    /// <summary>Whether an object with these labels (null for none) is selected.</summary>
    public bool Matches(JsonObject? labels)
    {
        foreach (var requirement in requirements)
        {
            if (!requirement.Holds(labels))
                return false;
        }
        return true;
    }

    private sealed record Requirement(string Key, string Operator, string[] Values)
    {
        public bool Holds(JsonObject? labels)
        {
            var value = labels.String(Key);
            return Operator switch
            {
                "In" => value is not null && Values.Contains(value),
                "NotIn" => value is null || !Values.Contains(value),
                "Exists" => value is not null,
                "DoesNotExist" => value is null,
                _ => false,
            };
        }
    }
}
