using System.Globalization;
using System.Text.RegularExpressions;

namespace Flotilla.ApiServer.Kinds.Decoding;

/// <summary>Texts that stand for something else (times, bytes): what Go makes of them when it reads and writes them again.</summary>
internal static partial class ScalarForms
{
    private const string Rfc3339 = "2006-01-02T15:04:05Z07:00";
    private const string Rfc3339Micro = "2006-01-02T15:04:05.000000Z07:00";
    private const string Base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /// <summary>An RFC 3339 time in whole seconds UTC (or, with <paramref name="micro"/>, in microseconds, of which all six digits must be given).</summary>
    public static string? Time(string text, bool micro, out string canonical)
    {
        canonical = text;
        var match = TimeForm().Match(text);
        var fraction = match.Groups[2].ValueSpan;
        if (!match.Success || (micro && fraction.Length != 7) ||
            !DateTimeOffset.TryParseExact(match.Groups[1].Value + match.Groups[3].Value, "yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture,
                DateTimeStyles.AdjustToUniversal, out var time))
            return TimeProblem(text, micro);
        canonical = time.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) + (micro ? $".{fraction[1..]}Z" : "Z");
        return null;
    }

    /// <summary>Bytes as base64: line breaks are dropped.</summary>
    public static string? Bytes(string text, out string canonical)
    {
        canonical = text.AsSpan().ContainsAny('\r', '\n') ? text.Replace("\r", "").Replace("\n", "") : text;
        var padding = canonical.EndsWith("==", StringComparison.Ordinal) ? 2 : canonical.EndsWith('=') ? 1 : 0;
        var body = canonical.AsSpan(0, canonical.Length - padding);
        var wrong = body.IndexOfAnyExcept(Base64Characters);
        if (wrong >= 0 || canonical.Length % 4 != 0)
            return string.Create(CultureInfo.InvariantCulture, $"illegal base64 data at input byte {(wrong >= 0 ? wrong : canonical.Length - canonical.Length % 4)}");
        if (padding > 0)
            canonical = ClearUnusedBits(canonical, padding);
        return null;
    }

    private static readonly System.Buffers.SearchValues<char> Base64Characters = System.Buffers.SearchValues.Create(Base64Alphabet);

    private static string ClearUnusedBits(string text, int padding)
    {
        var last = text.Length - padding - 1;
        var value = Base64Alphabet.IndexOf(text[last], StringComparison.Ordinal);
        var cleared = Base64Alphabet[value & (padding == 2 ? ~0b1111 : ~0b11)];
        return cleared == text[last] ? text : string.Concat(text.AsSpan(0, last), [cleared], text.AsSpan(last + 1));
    }

    private static string TimeProblem(string text, bool micro)
    {
        var layout = micro ? Rfc3339Micro : Rfc3339;
        return $"parsing time \"{text}\" as \"{layout}\": cannot parse \"{text}\" as \"2006\"";
    }

    [GeneratedRegex(@"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)([.,]\d+)?(Z|[+-]\d\d:\d\d)\z")]
    private static partial Regex TimeForm();
}
