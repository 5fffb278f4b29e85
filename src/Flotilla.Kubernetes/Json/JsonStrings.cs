using System.Buffers;
using System.Globalization;
using System.Text;

namespace Flotilla.Kubernetes.Json;

/// <summary>
/// Strings that .NET refuses and Go reads: bytes that are no UTF-8, and escapes of half a surrogate pair, become U+FFFD, one for each
/// byte or escape.
/// </summary>
internal static class JsonStrings
{
    /// <param name="escaped">What stands between the quotes, its escapes known to be well formed.</param>
    public static string Unescape(ReadOnlySpan<byte> escaped)
    {
        var text = new StringBuilder(escaped.Length);
        while (escaped.Length > 0)
        {
            if (escaped[0] == '\\')
            {
                text.Append(ReadEscape(ref escaped));
                continue;
            }
            var isValid = Rune.DecodeFromUtf8(escaped, out var rune, out var length) == OperationStatus.Done;
            text.Append(isValid ? rune.ToString() : "\uFFFD");
            escaped = escaped[(isValid ? length : 1)..];
        }
        return text.ToString();
    }

    private static string ReadEscape(ref ReadOnlySpan<byte> escaped)
    {
        var kind = (char)escaped[1];
        if (kind != 'u')
        {
            escaped = escaped[2..];
            return kind switch { 'b' => "\b", 'f' => "\f", 'n' => "\n", 'r' => "\r", 't' => "\t", _ => kind.ToString() };
        }
        var first = (char)int.Parse(escaped.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        escaped = escaped[6..];
        if (!char.IsSurrogate(first))
            return first.ToString();
        if (char.IsHighSurrogate(first) && escaped.Length >= 6 && escaped[0] == '\\' && escaped[1] == 'u')
        {
            var second = (char)int.Parse(escaped.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (char.IsLowSurrogate(second))
            {
                escaped = escaped[6..];
                return new string([first, second]);
            }
        }
        return "\uFFFD";
    }
}
