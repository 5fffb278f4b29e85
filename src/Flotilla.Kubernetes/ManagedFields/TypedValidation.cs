using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>
/// Whether an applied configuration fits its type closely enough to be merged: declared fields, right shapes, elements of
/// lists that can be told apart. The texts are those of structured-merge-diff.
/// </summary>
internal sealed class TypedValidation
{
    private readonly List<string> problems = [];
    private readonly Stack<PathElement> path = [];

    private TypedValidation()
    {
    }

    /// <summary>All problems, as one text; null when there are none.</summary>
    public static string? Problems(JsonNode? value, FieldType type)
    {
        var validation = new TypedValidation();
        validation.Check(value, type);
        return validation.problems switch
        {
            [] => null,
            [var only] => only,
            var many => "errors:\n" + string.Join('\n', many.Select(p => "  " + p)),
        };
    }

    private void Check(JsonNode? value, FieldType type)
    {
        var facets = type.Deduce(value);
        if ((facets & Facets.Map) != 0)
            CheckMap(value, type);
        else if ((facets & Facets.Scalar) != 0)
            CheckScalar(value, type.Scalar);
        else
            CheckList(value, type);
    }

    private void CheckMap(JsonNode? value, FieldType type)
    {
        if (value is not JsonObject map)
        {
            if (value is not null)
                Report($"expected map, got &{{{GoText.Plain(value)}}}");
            return;
        }
        foreach (var (name, child) in map)
        {
            path.Push(type.Element(name));
            if (type.FieldOrElement(name, out _) is { } childType)
                Check(child, childType);
            else
                Report("field not declared in schema");
            path.Pop();
        }
    }

    private void CheckList(JsonNode? value, FieldType type)
    {
        if (value is not JsonArray list)
        {
            if (value is not null)
                Report($"expected list, got &{{{GoText.Plain(value)}}}");
            return;
        }
        var seen = type.IsAtomicList ? null : new HashSet<PathElement>(list.Count);
        for (var i = 0; i < list.Count; i++)
        {
            var element = PathElement.Index(i);
            if (seen is not null)
            {
                if (ListElements.Identify(type, list[i], out var problem) is not { } identity)
                {
                    Report($"element {i}: {problem}");
                    return;
                }
                element = identity;
                if (!seen.Add(element))
                    Report($"duplicate entries for key {element}");
            }
            path.Push(element);
            Check(list[i], type.Items!);
            path.Pop();
        }
    }

    private void CheckScalar(JsonNode? value, ScalarType type)
    {
        if (value is null)
            return;
        var problem = type switch
        {
            ScalarType.Number when !value.IsNumber() => $"expected numeric (int or float), got {GoText.TypeName(value)}",
            ScalarType.String when value.AsStringOrNull() is null => $"expected string, got &value.valueUnstructured{{Value:{GoText.Source(value)}}}",
            ScalarType.Boolean when value.AsBoolOrNull() is null => $"expected boolean, got &{{{GoText.Plain(value)}}}",
            ScalarType.Any when value is JsonObject or JsonArray => $"expected any scalar, got &{{{GoText.Plain(value)}}}",
            _ => null,
        };
        if (problem is not null)
            Report(problem);
    }

    private void Report(string problem)
    {
        var where = string.Concat(path.Reverse());
        problems.Add(where.Length == 0 ? problem : $"{where}: {problem}");
    }
}
