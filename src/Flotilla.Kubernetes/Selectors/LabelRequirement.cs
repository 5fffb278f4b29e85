using System.Globalization;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.Kubernetes.Selectors;

/// <summary>How a label requirement relates its key and values.</summary>
public enum LabelOperator
{
    /// <summary>The label is there and has one of the values (also <c>=</c> and <c>==</c>).</summary>
    In,

    /// <summary>The label is absent or has none of the values (also <c>!=</c>).</summary>
    NotIn,

    /// <summary>The label is there.</summary>
    Exists,

    /// <summary>The label is absent.</summary>
    DoesNotExist,

    /// <summary>The label is there and is an integer above the value.</summary>
    GreaterThan,

    /// <summary>The label is there and is an integer below the value.</summary>
    LessThan,
}

/// <summary>One term of a label selector; checked when made, so that a held requirement is a valid one.</summary>
public sealed class LabelRequirement
{
    private readonly long bound;

    /// <exception cref="SelectorException">Key or values do not fit; all problems are named.</exception>
    internal LabelRequirement(string key, LabelOperator @operator, IReadOnlyList<string> values)
    {
        Key = key;
        Operator = @operator;
        Values = values;
        var problems = new List<string>();
        if (LabelSyntax.KeyProblems(key) is { Count: > 0 } bad)
            problems.Add(Invalid("key", key, string.Join("; ", bad)));
        CheckValues(problems);
        if (problems.Count > 0)
            throw new SelectorException(Joined([.. problems.Distinct()]));
        if (Operator is LabelOperator.GreaterThan or LabelOperator.LessThan)
            bound = ParseInteger(values[0])!.Value;
    }

    /// <summary>The label's key.</summary>
    public string Key { get; }

    /// <summary>How key and values relate.</summary>
    public LabelOperator Operator { get; }

    /// <summary>The values; empty for the existence operators, one for the comparisons.</summary>
    public IReadOnlyList<string> Values { get; }

    /// <summary>Whether a label of this value (null: absent) fulfils the requirement.</summary>
    public bool Matches(string? value) => Operator switch
    {
        LabelOperator.In => value is not null && Has(value),
        LabelOperator.NotIn => value is null || !Has(value),
        LabelOperator.Exists => value is not null,
        LabelOperator.DoesNotExist => value is null,
        LabelOperator.GreaterThan => ParseInteger(value) > bound,
        LabelOperator.LessThan => ParseInteger(value) < bound,
        _ => false,
    };

    /// <summary>The query form, with values in order.</summary>
    public override string ToString() => Operator switch
    {
        LabelOperator.Exists => Key,
        LabelOperator.DoesNotExist => "!" + Key,
        LabelOperator.GreaterThan => $"{Key}>{Values[0]}",
        LabelOperator.LessThan => $"{Key}<{Values[0]}",
        LabelOperator.In when Values.Count == 1 => $"{Key}={Values[0]}",
        LabelOperator.NotIn when Values.Count == 1 => $"{Key}!={Values[0]}",
        LabelOperator.In => $"{Key} in ({Sorted()})",
        _ => $"{Key} notin ({Sorted()})",
    };

    internal static string Invalid(string field, JsonNode? value, string detail) => $"{field}: Invalid value: {FieldError.Show(value)}: {detail}";

    private void CheckValues(List<string> problems)
    {
        switch (Operator)
        {
            case LabelOperator.In or LabelOperator.NotIn when Values.Count == 0:
                problems.Add(Invalid("values", null, "for 'in', 'notin' operators, values set can't be empty"));
                break;
            case LabelOperator.Exists or LabelOperator.DoesNotExist when Values.Count != 0:
                problems.Add(Invalid("values", ValuesAsJson(), "values set must be empty for exists and does not exist"));
                break;
            case LabelOperator.GreaterThan or LabelOperator.LessThan:
                for (var i = 0; i < Values.Count; i++)
                {
                    if (ParseInteger(Values[i]) is null)
                        problems.Add(Invalid($"values[{i}]", Values[i], "for 'Gt', 'Lt' operators, the value must be an integer"));
                }
                break;
        }
        for (var i = 0; i < Values.Count; i++)
        {
            if (LabelSyntax.ValueProblems(Values[i]) is { Count: > 0 } bad)
                problems.Add(Invalid($"values[{i}][{Key}]", Values[i], string.Join("; ", bad)));
        }
    }

    private static string Joined(string[] problems) => problems.Length == 1 ? problems[0] : $"[{string.Join(", ", problems)}]";

    private bool Has(string value)
    {
        foreach (var one in Values)
        {
            if (one == value)
                return true;
        }
        return false;
    }

    private string Sorted() => string.Join(",", Values.Order(StringComparer.Ordinal));

    private JsonArray ValuesAsJson() => [.. Values.Select(v => (JsonNode)v)];

    private static long? ParseInteger(string? text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;
}
