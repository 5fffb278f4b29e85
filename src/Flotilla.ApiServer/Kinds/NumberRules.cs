using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds;

/// <summary>Rules for counts that may be given as a number or as a percentage.</summary>
internal static partial class NumberRules
{
    private const string PercentProblem =
        "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

    /// <summary>Not negative, or a percentage.</summary>
    public static void CountOrPercent(FieldProblems problems, FieldPath path, JsonNode? value)
    {
        if (value.AsStringOrNull() is not { } text)
            problems.NotNegative(path, value);
        else if (!Percent().IsMatch(text))
            problems.Invalid(path, text, PercentProblem);
    }

    public static void AtMostAll(FieldProblems problems, FieldPath path, JsonNode? value)
    {
        if (value.AsStringOrNull() is { } text && Percent().IsMatch(text) && Value(value) > 100)
            problems.Invalid(path, text, "must not be greater than 100%");
    }

    /// <summary>The number, or the number of a percentage; 0 for anything else.</summary>
    public static long Value(JsonNode? value)
    {
        if (value.AsStringOrNull() is not { } text)
            return value.AsInt64OrNull() ?? 0;
        return Percent().IsMatch(text) && long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    /// <summary>Counts in a status: none may be negative.</summary>
    public static void NotNegative(FieldProblems problems, FieldPath path, JsonObject owner, params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields)
            problems.NotNegative(path[field], owner.Member(field));
    }

    /// <summary>Counts that cannot be greater than another.</summary>
    public static void NotMoreThan(FieldProblems problems, FieldPath path, JsonObject owner, string limit, string shown, params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields)
        {
            if (owner.Number(field) > owner.Number(limit))
                problems.Invalid(path[field], owner.Number(field), $"cannot be greater than {shown}");
        }
    }

    /// <summary>A count that only grows.</summary>
    public static void NotDecremented(FieldProblems problems, FieldPath path, JsonObject status, JsonObject old, string field)
    {
        if (old.Has(field) && (!status.Has(field) || status.Number(field) < old.Number(field)))
            problems.Invalid(path[field], status.Number(field), "cannot be decremented");
    }

    [GeneratedRegex(@"^[0-9]+%\z")]
    private static partial Regex Percent();
}
