namespace Flotilla.Kubernetes.Schemas.Formats;

/// <summary>URIs as Go's <c>url.ParseRequestURI</c> reads them.</summary>
internal static class Uris
{
    /// <summary>An absolute URI or an absolute path.</summary>
    public static bool IsRequestUri(string text)
    {
        if (text.Length == 0 || text.Any(c => c < ' ' || c == 0x7f))
            return false;
        if (text == "*")
            return true;
        if (!Scheme(text, out var rest))
            return false;
        var hasScheme = rest.Length < text.Length;
        var query = rest.IndexOf('?');
        var path = query < 0 ? rest : rest[..query];
        if (path.IsEmpty || path[0] != '/')
            return hasScheme;
        if (!hasScheme || !path.StartsWith("//"))
            return Escapes(path);
        var authority = path[2..];
        var slash = authority.IndexOf('/');
        return Authority(slash < 0 ? authority : authority[..slash]) && (slash < 0 || Escapes(authority[slash..]));
    }

    private static bool Scheme(string text, out ReadOnlySpan<char> rest)
    {
        rest = text;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == ':')
            {
                rest = text.AsSpan(i + 1);
                return i > 0;
            }
            if (!char.IsAsciiLetter(c) && (i == 0 || !(char.IsAsciiDigit(c) || c is '+' or '-' or '.')))
                break;
        }
        return true;
    }

    private static bool Authority(ReadOnlySpan<char> authority)
    {
        var at = authority.LastIndexOf('@');
        if (at >= 0 && (!ValidUserInfo(authority[..at]) || !Escapes(authority[..at])))
            return false;
        var host = authority[(at + 1)..];
        if (!host.IsEmpty && host[0] == '[')
        {
            var end = host.LastIndexOf(']');
            return end >= 0 && Port(host[(end + 1)..]);
        }
        var colon = host.LastIndexOf(':');
        return (colon < 0 || Port(host[colon..])) && host.IndexOfAny(" \"<>\\^`{}|") < 0 && HostEscapes(host);
    }

    private static bool Port(ReadOnlySpan<char> port)
    {
        if (port.IsEmpty)
            return true;
        return port[0] == ':' && port[1..].IndexOfAnyExceptInRange('0', '9') < 0;
    }

    private static bool ValidUserInfo(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && "-._:~!$&'()*+,;=%@".IndexOf(c, StringComparison.Ordinal) < 0)
                return false;
        }
        return true;
    }

    private static bool Escapes(ReadOnlySpan<char> text)
    {
        for (var i = text.IndexOf('%'); i >= 0 && i < text.Length; i++)
        {
            if (text[i] == '%' && (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2])))
                return false;
        }
        return true;
    }

    /// <summary>A host may escape bytes of other scripts only, not ASCII.</summary>
    private static bool HostEscapes(ReadOnlySpan<char> host)
    {
        for (var i = 0; i < host.Length; i++)
        {
            if (host[i] == '%' && (i + 2 >= host.Length || host[i + 1] is not ((>= '8' and <= '9') or (>= 'a' and <= 'f') or (>= 'A' and <= 'F')) || !char.IsAsciiHexDigit(host[i + 2])))
                return false;
        }
        return true;
    }
}
