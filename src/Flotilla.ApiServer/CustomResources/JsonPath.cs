using System.Globalization;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.CustomResources;

/// <summary>A path in the dialect of kubectl, as far as printer columns use it: <c>.a.b</c>, <c>['k']</c>, <c>[0]</c>, <c>[*]</c>, <c>[1:3]</c>, <c>..a</c>, <c>[?(@.a=="b")]</c>.</summary>
/// <remarks>Source: https://kubernetes.io/docs/reference/kubectl/jsonpath/.</remarks>
internal sealed class JsonPath
{
    private readonly IReadOnlyList<JsonPathStep> steps;

    internal JsonPath(IReadOnlyList<JsonPathStep> steps) => this.steps = steps;

    /// <summary>Reads a path; null when it is not one.</summary>
    public static JsonPath? Parse(string path) => JsonPathParser.Parse(path) is { } steps ? new JsonPath(steps) : null;

    /// <summary>All values it leads to. Whatever is missing on the way leads nowhere.</summary>
    public IEnumerable<JsonNode?> Find(JsonNode? root)
    {
        IEnumerable<JsonNode?> nodes = [root];
        foreach (var step in steps)
            nodes = nodes.SelectMany(step.From).ToList();
        return nodes;
    }

    /// <summary>The first value it leads to; null when there is none.</summary>
    public JsonNode? First(JsonNode? root)
    {
        // Nearly all paths are plain fields; they need no lists.
        var node = root;
        foreach (var step in steps)
        {
            if (step is not JsonPathStep.Field field)
                return Find(root).FirstOrDefault();
            node = node.Member(field.Name);
        }
        return node;
    }
}

/// <summary>One step of a path.</summary>
internal abstract record JsonPathStep
{
    public abstract IEnumerable<JsonNode?> From(JsonNode? node);

    public sealed record Field(string Name) : JsonPathStep
    {
        public override IEnumerable<JsonNode?> From(JsonNode? node) => node is JsonObject map && map.TryGetPropertyValue(Name, out var value) ? [value] : [];
    }

    public sealed record Wildcard : JsonPathStep
    {
        public override IEnumerable<JsonNode?> From(JsonNode? node) => Children(node);
    }

    public sealed record Recursive : JsonPathStep
    {
        public override IEnumerable<JsonNode?> From(JsonNode? node) => node is JsonObject or JsonArray ? Children(node).SelectMany(From).Prepend(node) : [];
    }

    public sealed record Slice(int? Start, int? End, int Stride) : JsonPathStep
    {
        public override IEnumerable<JsonNode?> From(JsonNode? node)
        {
            if (node is not JsonArray list)
                yield break;
            var start = Math.Max(At(Start ?? 0, list.Count), 0);
            var end = Math.Min(At(End ?? list.Count, list.Count), list.Count);
            for (var i = start; i < end; i += Stride)
                yield return list[i];
        }

        private static int At(int index, int count) => index < 0 ? index + count : index;
    }

    public sealed record Union(IReadOnlyList<JsonPathStep> Parts) : JsonPathStep
    {
        public override IEnumerable<JsonNode?> From(JsonNode? node) => Parts.SelectMany(part => part.From(node));
    }

    /// <summary>Keeps the elements for which two values compare so; without an operator, those where the left one is there.</summary>
    public sealed record Filter(JsonPath Left, string Operator, JsonPath? RightPath, JsonNode? Right) : JsonPathStep
    {
        public override IEnumerable<JsonNode?> From(JsonNode? node) => (node as JsonArray ?? []).Where(Holds);

        private bool Holds(JsonNode? element)
        {
            if (Operator.Length == 0)
                return Left.Find(element).Any();
            var left = Left.Find(element).ToList();
            var right = RightPath is null ? [Right] : RightPath.Find(element).ToList();
            if (left.Count != 1 || right.Count != 1)
                return false;
            if (Operator == "==")
                return JsonNodeExtensions.DeepEquals(left[0], right[0]);
            if (Operator == "!=")
                return !JsonNodeExtensions.DeepEquals(left[0], right[0]);
            var order = (left[0].AsDoubleOrNull(), right[0].AsDoubleOrNull(), left[0].AsStringOrNull(), right[0].AsStringOrNull()) switch
            {
                ({ } a, { } b, _, _) => a.CompareTo(b),
                (_, _, { } a, { } b) => string.CompareOrdinal(a, b),
                _ => (int?)null,
            };
            return order is { } o && Operator switch { "<" => o < 0, "<=" => o <= 0, ">" => o > 0, _ => o >= 0 };
        }
    }

    private static IEnumerable<JsonNode?> Children(JsonNode? node) => node switch
    {
        JsonObject map => map.Select(member => member.Value),
        JsonArray list => list,
        _ => [],
    };

    public static JsonNode? Literal(string text)
    {
        if (text.Length >= 2 && text[0] is '\'' or '"' && text[^1] == text[0])
            return text[1..^1];
        if (text is "true" or "false")
            return text == "true";
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return whole;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
