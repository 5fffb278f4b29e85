using System.Globalization;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Core.Releases.Parameters;

/// <summary>What values of a parameter look like.</summary>
internal static class ParameterType
{
    private static readonly string[] Known = ["string", "integer", "number", "boolean"];

    public static bool IsKnown(string type) => Known.Contains(type);

    /// <summary>The value that a text means; answers what is wrong, or null.</summary>
    public static string? TryRead(string type, string text, out JsonNode? value)
    {
        value = null;
        switch (type)
        {
            case "integer":
                if (IsJsonNumber(text) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
                    value = JsonValue.Create(whole);
                break;
            case "number":
                if (IsJsonNumber(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
                    value = JsonText.Parse(System.Text.Encoding.UTF8.GetBytes(text));
                break;
            case "boolean":
                if (text is "true" or "false")
                    value = JsonValue.Create(text == "true");
                break;
            default:
                value = JsonValue.Create(text);
                break;
        }
        return value is null ? $"\"{text}\" is no {type}" : null;
    }

    /// <summary>The grammar of RFC 8259; so 012, +5 and 1_000 are none, whatever a reader elsewhere would make of them.</summary>
    private static bool IsJsonNumber(ReadOnlySpan<char> text)
    {
        if (text is ['-', ..])
            text = text[1..];
        var digits = Digits(ref text);
        if (digits.Length == 0 || (digits[0] == '0' && digits.Length > 1))
            return false;
        if (text is ['.', ..])
        {
            text = text[1..];
            if (Digits(ref text).Length == 0)
                return false;
        }
        if (text is ['e' or 'E', ..])
        {
            text = text[1..];
            if (text is ['+' or '-', ..])
                text = text[1..];
            if (Digits(ref text).Length == 0)
                return false;
        }
        return text.Length == 0;
    }

    private static ReadOnlySpan<char> Digits(ref ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        var digits = end < 0 ? text : text[..end];
        text = text[digits.Length..];
        return digits;
    }
}
