using System.Globalization;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Core.Declarations;

/// <summary>Follows the path of a field error: <c>spec.list[0].name</c>, <c>metadata.labels[a.b]</c>.</summary>
internal static class FieldPlaces
{
    /// <summary>The schema of a field; null when the path leads nowhere.</summary>
    public static Schema? SchemaOf(Schema root, string path)
    {
        var schema = (Schema?)root;
        foreach (var (step, isIndex) in Steps(path))
            schema = isIndex && schema?.Items is { } items ? items : schema?.Properties.GetValueOrDefault(step) ?? schema?.AdditionalProperties;
        return schema;
    }

    /// <summary>The value of a field; null when there is none.</summary>
    public static JsonNode? ValueOf(JsonNode? root, string path)
    {
        var value = root;
        foreach (var (step, isIndex) in Steps(path))
        {
            value = isIndex && value is JsonArray list
                ? int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var i) && i < list.Count ? list[i] : null
                : value.Member(step);
        }
        return value;
    }

    /// <summary>The path of what holds a field, and the field's own name.</summary>
    public static (string Parent, string Name) Split(string path)
    {
        var dot = path.LastIndexOf('.');
        return dot < 0 ? ("", path) : (path[..dot], path[(dot + 1)..]);
    }

    private static IEnumerable<(string Step, bool IsIndex)> Steps(string path)
    {
        for (var i = 0; i < path.Length;)
        {
            if (path[i] == '[')
            {
                var end = path.IndexOf(']', i);
                if (end < 0)
                    yield break;
                yield return (path[(i + 1)..end], true);
                i = end + 1;
                continue;
            }
            if (path[i] == '.')
                i++;
            var next = path.AsSpan(i).IndexOfAny('.', '[');
            next = next < 0 ? path.Length : i + next;
            yield return (path[i..next], false);
            i = Math.Max(next, i + 1);
        }
    }
}
