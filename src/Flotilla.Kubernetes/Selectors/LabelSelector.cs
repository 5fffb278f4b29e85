using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Selectors;

/// <summary>A label selector: all its requirements must hold. Immutable.</summary>
public sealed class LabelSelector
{
    private readonly bool matchesNothing;

    private LabelSelector(IReadOnlyList<LabelRequirement> requirements, bool nothing = false)
    {
        Requirements = requirements;
        matchesNothing = nothing;
    }

    /// <summary>Matches every object.</summary>
    public static LabelSelector Everything { get; } = new([]);

    /// <summary>Matches no object.</summary>
    public static LabelSelector Nothing { get; } = new([], nothing: true);

    /// <summary>The requirements, by key.</summary>
    public IReadOnlyList<LabelRequirement> Requirements { get; }

    /// <summary>Whether nothing is asked for.</summary>
    public bool IsEverything => !matchesNothing && Requirements.Count == 0;

    /// <summary>
    /// Reads the query form (apimachinery <c>labels.Parse</c>): <c>a=b,c!=d,e in (x,y),f notin (z),g,!h,i&gt;5</c>.
    /// </summary>
    /// <exception cref="SelectorException">With kube-apiserver's message.</exception>
    public static LabelSelector Parse(string? selector) =>
        string.IsNullOrEmpty(selector) ? Everything : Of(new LabelSelectorParser(selector).Parse());

    /// <summary>
    /// Reads the structured form (<c>metav1.LabelSelector</c>: <c>matchLabels</c> and <c>matchExpressions</c>). Absent (null) selects
    /// nothing, an empty one everything.
    /// </summary>
    /// <exception cref="SelectorException">An unknown operator, or a key or value that does not fit.</exception>
    public static LabelSelector FromObject(JsonObject? selector)
    {
        if (selector is null)
            return Nothing;
        var requirements = new List<LabelRequirement>();
        foreach (var (key, value) in selector.Object("matchLabels") ?? [])
            requirements.Add(new LabelRequirement(key, LabelOperator.In, [value.AsStringOrNull() ?? ""]));
        foreach (var expression in selector.Array("matchExpressions") ?? [])
        {
            requirements.Add(new LabelRequirement(
                expression.String("key") ?? "",
                StructuredOperator(expression.String("operator") ?? ""),
                [.. (expression.Array("values") ?? []).Select(v => v.AsStringOrNull() ?? "")]));
        }
        return Of(requirements);
    }

    /// <summary>Whether an object with these labels (<c>metadata.labels</c>, may be null) is selected.</summary>
    public bool Matches(JsonObject? labels)
    {
        foreach (var requirement in Requirements)
        {
            if (!requirement.Matches(labels.String(requirement.Key)))
                return false;
        }
        return !matchesNothing;
    }

    /// <summary>Whether an object is selected whose label of a key <paramref name="lookup"/> tells; null is absent.</summary>
    public bool Matches(Func<string, string?> lookup)
    {
        foreach (var requirement in Requirements)
        {
            if (!requirement.Matches(lookup(requirement.Key)))
                return false;
        }
        return !matchesNothing;
    }

    /// <summary>The query form.</summary>
    public override string ToString() => string.Join(",", Requirements);

    private static LabelSelector Of(List<LabelRequirement> requirements) =>
        requirements.Count == 0 ? Everything : new([.. requirements.OrderBy(r => r.Key, StringComparer.Ordinal)]);

    private static LabelOperator StructuredOperator(string name) => name switch
    {
        "In" => LabelOperator.In,
        "NotIn" => LabelOperator.NotIn,
        "Exists" => LabelOperator.Exists,
        "DoesNotExist" => LabelOperator.DoesNotExist,
        _ => throw new SelectorException($"{FieldError.Quote(name)} is not a valid label selector operator"),
    };
}
