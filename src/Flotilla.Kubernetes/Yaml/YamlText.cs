using System.Text;

namespace Flotilla.Kubernetes.Yaml;

/// <summary>The characters of a YAML text, and the words for problems with it.</summary>
internal static class YamlText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Decodes the bytes of a file as kubectl does: UTF-8 or, with a byte order mark, UTF-16; what is no character becomes U+FFFD.</summary>
    public static string DecodeFile(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xFE, 0xFF, .. var rest] => Encoding.BigEndianUnicode.GetString(rest),
        [0xFF, 0xFE, .. var rest] => Encoding.Unicode.GetString(rest),
        [0xEF, 0xBB, 0xBF, .. var rest] => Encoding.UTF8.GetString(rest),
        _ => Encoding.UTF8.GetString(bytes),
    };

    /// <summary>Decodes the bytes of a request's body, which must be UTF-8.</summary>
    /// <exception cref="YamlReadException">They are not.</exception>
    public static string DecodeBody(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return Strict.GetString(utf8);
        }
        catch (DecoderFallbackException e)
        {
            var before = utf8[..Math.Clamp(e.Index, 0, utf8.Length)];
            throw new YamlReadException("invalid UTF-8", 1 + before.Count((byte)'\n'), before.Length - before.LastIndexOf((byte)'\n'), e);
        }
    }

    /// <summary>Refuses the characters that YAML does not allow.</summary>
    /// <exception cref="YamlReadException">There is one.</exception>
    public static void Check(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (IsControl(text[i]))
                throw new YamlReadException("control characters are not allowed", 1 + text[..i].Count('\n'), i - text[..i].LastIndexOf('\n'));
        }
    }

    /// <summary>A parser's message without its context and full stop: <c>did not find expected ',' or ']'</c>.</summary>
    public static string Problem(string message)
    {
        var comma = message.StartsWith("While ", StringComparison.Ordinal) ? message.IndexOf(", ", StringComparison.Ordinal) : -1;
        var problem = (comma < 0 ? message : message[(comma + 2)..]).TrimEnd('.');
        return problem.Length == 0 ? "unknown problem" : char.ToLowerInvariant(problem[0]) + problem[1..];
    }

    private static bool IsControl(char c) =>
        c is < ' ' and not ('\t' or '\n' or '\r') or >= '\x7F' and < '\xA0' and not '\x85' or '\uFFFE' or '\uFFFF';
}
