using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace Flotilla.Content.Trust;

/// <summary>
/// Base64 with one text for each content: padding, spaces or stray bits other than the encoder makes are refused, so that nobody can
/// change the text of something signed or sealed without breaking it.
/// </summary>
internal static class StrictBase64
{
    /// <summary>RFC 4648 section 4.</summary>
    public static bool TryDecode(string? text, [NotNullWhen(true)] out byte[]? content)
    {
        content = null;
        if (text is null)
            return false;
        var buffer = new byte[text.Length / 4 * 3];
        if (!Convert.TryFromBase64String(text, buffer, out var length))
            return false;
        content = buffer[..length];
        return Convert.ToBase64String(content) == text;
    }

    /// <summary>RFC 4648 section 5, without padding (RFC 7515 appendix C).</summary>
    public static bool TryDecodeUrl(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? content)
    {
        content = null;
        if (text.Contains('=') || !Base64Url.IsValid(text, out var length))
            return false;
        var buffer = new byte[length];
        if (!Base64Url.TryDecodeFromChars(text, buffer, out var written) || written != length)
            return false;
        content = buffer;
        return text.SequenceEqual(Base64Url.EncodeToString(buffer));
    }
}
