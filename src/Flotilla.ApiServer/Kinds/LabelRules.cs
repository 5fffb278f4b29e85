using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds;

/// <summary>Rules for labels, annotations and selectors of labels.</summary>
internal static class LabelRules
{
    private const int AnnotationsLimit = 256 * 1024;

    public static void Labels(FieldProblems problems, FieldPath path, JsonObject? labels)
    {
        foreach (var (key, value) in labels ?? [])
        {
            problems.Invalid(path, key, Names.QualifiedNameProblems(key));
            var text = value.AsStringOrNull() ?? "";
            problems.Invalid(path, text, Names.LabelValueProblems(text));
        }
    }

    public static void Annotations(FieldProblems problems, FieldPath path, JsonObject? annotations)
    {
        var total = 0L;
        foreach (var (key, value) in annotations ?? [])
        {
            problems.Invalid(path, key, Names.QualifiedNameProblems(key.ToLowerInvariant()));
            total += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value.AsStringOrNull() ?? "");
        }
        if (total > AnnotationsLimit)
            problems.TooLong(path, AnnotationsLimit);
    }

    /// <summary>A LabelSelector (<c>matchLabels</c>, <c>matchExpressions</c>).</summary>
    public static void Selector(FieldProblems problems, FieldPath path, JsonObject? selector)
    {
        if (selector is null)
            return;
        Labels(problems, path["matchLabels"], selector.Object("matchLabels"));
        var requirements = selector.Array("matchExpressions") ?? [];
        for (var i = 0; i < requirements.Count; i++)
            Requirement(problems, path["matchExpressions"][i], requirements[i]);
    }

    /// <summary>Whether a selector selects everything (or is not there).</summary>
    public static bool IsEmpty(JsonObject? selector) =>
        selector.Object("matchLabels") is not { Count: > 0 } && selector.Array("matchExpressions") is not { Count: > 0 };

    /// <summary>Whether a valid selector takes these labels; an absent selector takes nothing.</summary>
    public static bool Matches(JsonObject? selector, JsonObject? labels)
    {
        if (selector is null)
            return false;
        foreach (var (key, value) in selector.Object("matchLabels") ?? [])
        {
            if (labels.String(key) is not { } actual || actual != value.AsStringOrNull())
                return false;
        }
        foreach (var requirement in selector.Array("matchExpressions") ?? [])
        {
            var actual = labels.String(requirement.String("key") ?? "");
            var listed = actual is not null && (requirement.Array("values") ?? []).Any(v => v.AsStringOrNull() == actual);
            var holds = requirement.String("operator") switch
            {
                "In" => listed,
                "NotIn" => !listed,
                "Exists" => actual is not null,
                _ => actual is null,
            };
            if (!holds)
                return false;
        }
        return true;
    }

    private static void Requirement(FieldProblems problems, FieldPath path, JsonNode? requirement)
    {
        var values = requirement.Array("values") ?? [];
        switch (requirement.String("operator"))
        {
            case "In" or "NotIn":
                if (values.Count == 0)
                    problems.Required(path["values"], "must be specified when `operator` is 'In' or 'NotIn'");
                break;
            case "Exists" or "DoesNotExist":
                if (values.Count > 0)
                    problems.Forbidden(path["values"], "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                break;
            case var other:
                problems.Invalid(path["operator"], other ?? "", "not a valid selector operator");
                break;
        }
        var key = requirement.String("key") ?? "";
        problems.Invalid(path["key"], key, Names.QualifiedNameProblems(key));
        for (var i = 0; i < values.Count; i++)
        {
            var value = values[i].AsStringOrNull() ?? "";
            problems.Invalid(path["values"][i], value, Names.LabelValueProblems(value));
        }
    }
}
