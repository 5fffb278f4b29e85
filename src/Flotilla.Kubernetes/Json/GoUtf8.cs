using System.Text;

namespace Flotilla.Kubernetes.Json;

/// <summary>Decoding of UTF-8 as Go does it: every byte that is no part of a character becomes one U+FFFD.</summary>
internal static class GoUtf8
{
    public static string Decode(ReadOnlySpan<byte> utf8)
    {
        if (System.Text.Unicode.Utf8.IsValid(utf8))
            return Encoding.UTF8.GetString(utf8);
        var text = new StringBuilder(utf8.Length);
        while (utf8.Length > 0)
        {
            var valid = Rune.DecodeFromUtf8(utf8, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            text.Append(valid ? rune.ToString() : "\uFFFD");
            utf8 = utf8[(valid ? length : 1)..];
        }
        return text.ToString();
    }
}
