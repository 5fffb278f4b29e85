using System.Buffers;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Yaml;

/// <summary>
/// What a scalar means to kubectl: the rules of go-yaml v2, mostly YAML 1.1, with its deviations. Infinities and NaN, which JSON
/// cannot hold, are errors as they are in kubectl.
/// </summary>
internal static partial class YamlScalars
{
    internal const string TagPrefix = "tag:yaml.org,2002:";
    private static readonly SearchValues<char> Hints = SearchValues.Create("+-0123456789.yYnNtTfFoO~");

    /// <summary>The kinds that resolving tells apart; also names of the standard tags.</summary>
    internal enum Kind
    {
        Str,
        Null,
        Bool,
        Int,
        Float,
        Timestamp,
        Merge,
    }

    /// <summary>Resolves a scalar that may be anything (plain, without a tag).</summary>
    /// <exception cref="FormatException">With the problem as its message.</exception>
    public static JsonNode? Plain(string text)
    {
        if (text.Length > 0 && !Hints.Contains(text[0]) && text != "<<")
            return JsonValue.Create(text);
        return ToNode(Resolve(text, out var value), value, text);
    }

    /// <summary>Resolves a scalar with a tag; tags that are not known mean text.</summary>
    /// <exception cref="FormatException">The text is not what the tag says; with the problem as its message.</exception>
    public static JsonNode? Tagged(string tag, string text) => ToNode(ResolveTagged(tag, text, out var value), value, text);

    /// <summary>The kind of a plain text; what a writer must ask before it leaves the quotes away.</summary>
    public static Kind KindOf(string text)
    {
        var kind = Resolve(text, out _);
        return kind == Kind.Str && YamlTimestamps.IsTimestamp(text) ? Kind.Timestamp : kind;
    }

    /// <summary>What a scalar is as a key; keys that are not strings are spelt as kubectl spells them.</summary>
    /// <param name="tag">Null for a plain scalar without a tag.</param>
    /// <param name="text">The scalar's text.</param>
    /// <exception cref="FormatException">Null, and whole numbers beyond 64 bits, are no keys; with the problem as its message.</exception>
    public static string Key(string? tag, string text)
    {
        if (tag is null && text.Length > 0 && !Hints.Contains(text[0]))
            return text;
        var kind = tag is null ? Resolve(text, out var value) : ResolveTagged(tag, text, out value);
        return (kind, value) switch
        {
            (Kind.Null, _) => throw new FormatException("null cannot be a key"),
            (Kind.Bool, bool flag) => flag ? "true" : "false",
            (Kind.Int, long whole) => whole.ToString(CultureInfo.InvariantCulture),
            (Kind.Int, _) => throw new FormatException("the number is too large for a key"),
            (Kind.Float, double number) when !double.IsFinite(number) => double.IsNaN(number) ? ".nan" : number > 0 ? ".inf" : "-.inf",
            (Kind.Float, double number) => GoNumbers.General((float)number),
            _ => (string?)value ?? text,
        };
    }

    private static JsonNode? ToNode(Kind kind, object? value, string text) => kind switch
    {
        Kind.Null => null,
        Kind.Bool => JsonValue.Create((bool)value!),
        Kind.Int when value is long whole => JsonValue.Create(whole),
        // Beyond 63 bits kubectl goes on with a float.
        Kind.Int => GoNumbers.Node(GoNumbers.Json((ulong)value!)),
        Kind.Float when !double.IsFinite((double)value!) => throw new FormatException($"`{text}` has no form in JSON"),
        Kind.Float => GoNumbers.Node(GoNumbers.Json((double)value!)),
        _ => JsonValue.Create((string?)value ?? text),
    };

    private static Kind ResolveTagged(string tag, string text, out object? value)
    {
        value = text;
        var wanted = tag.StartsWith(TagPrefix, StringComparison.Ordinal) ? tag[TagPrefix.Length..] : "";
        switch (wanted)
        {
            case "binary":
                value = Binary(text);
                return Kind.Str;
            case "timestamp" when YamlTimestamps.IsTimestamp(text):
                return Kind.Timestamp;
            case "bool" or "int" or "float" or "null" or "timestamp":
                var kind = Resolve(text, out value);
                if (kind == Kind.Int && wanted == "float" && value is long whole)
                {
                    value = (double)whole;
                    return Kind.Float;
                }
                var name = kind.ToString().ToLowerInvariant();
                return name == wanted ? kind : throw new FormatException($"cannot decode !!{name} `{text}` as a !!{wanted}");
            default:
                return Kind.Str;
        }
    }

    private static Kind Resolve(string text, out object? value)
    {
        value = null;
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return Kind.Null;
            case "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON":
                value = true;
                return Kind.Bool;
            case "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF":
                value = false;
                return Kind.Bool;
            case ".nan" or ".NaN" or ".NAN":
                value = double.NaN;
                return Kind.Float;
            case ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF":
                value = double.PositiveInfinity;
                return Kind.Float;
            case "-.inf" or "-.Inf" or "-.INF":
                value = double.NegativeInfinity;
                return Kind.Float;
            case "<<":
                return Kind.Merge;
        }
        if (text[0] == '.')
            return ResolveFloat(DotFloatForm().IsMatch(text) ? text.Replace("_", "", StringComparison.Ordinal) : text, ref value);
        return char.IsAsciiDigit(text[0]) || text[0] is '+' or '-' ? ResolveNumber(text.Replace("_", "", StringComparison.Ordinal), ref value) : Kind.Str;
    }

    private static Kind ResolveNumber(string text, ref object? value)
    {
        var negative = text.StartsWith('-');
        if (TryMagnitude(text.AsSpan(negative || text.StartsWith('+') ? 1 : 0), out var magnitude))
        {
            if (magnitude <= (ulong)long.MaxValue + (negative ? 1UL : 0))
            {
                value = negative ? unchecked(-(long)magnitude) : (long)magnitude;
                return Kind.Int;
            }
            if (char.IsAsciiDigit(text[0]))
            {
                value = magnitude;
                return Kind.Int;
            }
        }
        return ResolveFloat(text, ref value);
    }

    private static Kind ResolveFloat(string text, ref object? value)
    {
        if (!FloatForm().IsMatch(text))
            return Kind.Str;
        var number = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!double.IsFinite(number))
            return Kind.Str;
        value = number;
        return Kind.Float;
    }

    /// <summary>A whole number without sign, with Go's prefixes (a leading 0 is octal), that fits 64 bits.</summary>
    private static bool TryMagnitude(ReadOnlySpan<char> text, out ulong magnitude)
    {
        var radix = 10u;
        if (text.Length > 1 && text[0] == '0')
        {
            (radix, var skip) = text[1] switch
            {
                'x' or 'X' => (16u, 2),
                'o' or 'O' => (8u, 2),
                'b' or 'B' => (2u, 2),
                _ => (8u, 1),
            };
            text = text[skip..];
        }
        magnitude = 0;
        foreach (var c in text)
        {
            var digit = char.IsAsciiDigit(c) ? (uint)(c - '0') : char.IsAsciiHexDigit(c) ? (uint)((c | ' ') - 'a' + 10) : uint.MaxValue;
            if (digit >= radix || magnitude > (ulong.MaxValue - digit) / radix)
                return false;
            magnitude = magnitude * radix + digit;
        }
        return text.Length > 0;
    }

    private static string Binary(string text)
    {
        var bytes = new byte[text.Length];
        var clean = text.Replace("\n", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal);
        return !clean.AsSpan().ContainsAny(" \t") && Convert.TryFromBase64String(clean, bytes, out var length)
            ? GoUtf8.Decode(bytes.AsSpan(0, length))
            : throw new FormatException("!!binary value contains invalid base64 data");
    }

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z")]
    private static partial Regex FloatForm();

    /// <summary>Only after a leading dot do underscores stand as Go's own syntax has them.</summary>
    [GeneratedRegex(@"^\.[0-9]+(_[0-9]+)*([eE][-+]?[0-9]+(_[0-9]+)*)?\z")]
    private static partial Regex DotFloatForm();
}
