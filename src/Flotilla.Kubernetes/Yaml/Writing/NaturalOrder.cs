using System.Text.Json.Nodes;

namespace Flotilla.Kubernetes.Yaml.Writing;

/// <summary>
/// The order in which go-yaml writes keys: by characters, but letters after everything else, and numbers by value (<c>a2</c> before
/// <c>a10</c>). It is no order in the strict sense (<c>v10</c>, <c>v1a</c>, <c>v2</c> go round in a circle), so that sorting must not
/// rely on one.
/// </summary>
internal static class NaturalOrder
{
    /// <summary>The fields of an object in order. Where the order goes round in a circle, the result depends on nothing but the keys.</summary>
    public static KeyValuePair<string, JsonNode?>[] Sort(JsonObject map)
    {
        KeyValuePair<string, JsonNode?>[] fields = [.. map];
        Array.Sort(fields, static (x, y) => string.CompareOrdinal(x.Key, y.Key));
        var merged = new KeyValuePair<string, JsonNode?>[fields.Length];
        for (var width = 1; width < fields.Length; width *= 2)
        {
            for (var start = 0; start < fields.Length; start += 2 * width)
                Merge(fields, merged, start, Math.Min(start + width, fields.Length), Math.Min(start + (2 * width), fields.Length));
            (fields, merged) = (merged, fields);
        }
        return fields;
    }

    /// <summary>Negative when <paramref name="x"/> comes first.</summary>
    public static int Compare(ReadOnlySpan<char> x, ReadOnlySpan<char> y)
    {
        var i = x.CommonPrefixLength(y);
        if (i == x.Length || i == y.Length)
            return x.Length - y.Length;
        var (xIsLetter, yIsLetter) = (char.IsLetter(x[i]), char.IsLetter(y[i]));
        if (xIsLetter || yIsLetter)
            return xIsLetter == yIsLetter ? x[i] - y[i] : yIsLetter ? -1 : 1;
        // A zero behind other digits is a digit like any; before them it counts for nothing.
        var leading = (x[i] == '0' || y[i] == '0') && EndsNumber(x[..i]) ? 1 : 0;
        var (xNumber, xEnd) = Number(x, i, leading);
        var (yNumber, yEnd) = Number(y, i, leading);
        if (xNumber != yNumber)
            return xNumber.CompareTo(yNumber);
        return xEnd != yEnd ? xEnd - yEnd : x[i] - y[i];
    }

    private static void Merge(KeyValuePair<string, JsonNode?>[] from, KeyValuePair<string, JsonNode?>[] into, int start, int middle, int end)
    {
        var (left, right) = (start, middle);
        for (var at = start; at < end; at++)
        {
            var takeLeft = right == end || (left < middle && Compare(from[left].Key, from[right].Key) <= 0);
            into[at] = takeLeft ? from[left++] : from[right++];
        }
    }

    private static (long Value, int End) Number(ReadOnlySpan<char> text, int start, long leading)
    {
        var end = start;
        for (; end < text.Length && char.IsAsciiDigit(text[end]); end++)
            leading = unchecked((leading * 10) + text[end] - '0');
        return (leading, end);
    }

    private static bool EndsNumber(ReadOnlySpan<char> text)
    {
        for (var i = text.Length - 1; i >= 0 && char.IsAsciiDigit(text[i]); i--)
        {
            if (text[i] != '0')
                return true;
        }
        return false;
    }
}
