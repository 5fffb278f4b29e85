using System.Text;
using Flotilla.Kubernetes.Schemas.Formats;

namespace Flotilla.Kubernetes.Cel.Values;

/// <summary>An absolute URL or an absolute path, taken apart as Go's <c>net/url</c> does.</summary>
internal sealed class CelUrl : CelOpaque
{
    public static readonly CelType CelType = new ObjectType("kubernetes.URL", null);
    private readonly string text;
    private readonly string query;

    private CelUrl(string text)
    {
        this.text = text;
        var rest = text;
        var fragment = rest.IndexOf('#', StringComparison.Ordinal);
        if (fragment >= 0)
            rest = rest[..fragment];
        var colon = rest.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && rest[0] != '/')
        {
            Scheme = rest[..colon].ToLowerInvariant();
            rest = rest[(colon + 1)..];
        }
        var mark = rest.IndexOf('?', StringComparison.Ordinal);
        query = mark < 0 ? "" : rest[(mark + 1)..];
        rest = mark < 0 ? rest : rest[..mark];
        // Without a slash the URL is opaque, as mailto:a@b; it has no path then.
        if (Scheme.Length > 0 && !rest.StartsWith('/'))
            return;
        if (Scheme.Length > 0 && rest.StartsWith("//", StringComparison.Ordinal))
        {
            var slash = rest.IndexOf('/', 2);
            var authority = slash < 0 ? rest[2..] : rest[2..slash];
            Host = Uri.UnescapeDataString(authority[(authority.LastIndexOf('@') + 1)..]);
            rest = slash < 0 ? "" : rest[slash..];
        }
        Path = EscapePath(rest);
    }

    public override CelType Type => CelType;

    public string Scheme { get; } = "";

    /// <summary>Host and port, as <c>example.com:80</c> or <c>[::1]:80</c>.</summary>
    public string Host { get; } = "";

    /// <summary>The host without port and brackets.</summary>
    public string HostName
    {
        get
        {
            var host = PortStart() is >= 0 and var colon ? Host[..colon] : Host;
            return host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host;
        }
    }

    public string Port => PortStart() is >= 0 and var colon ? Host[(colon + 1)..] : "";

    public string Path { get; } = "";

    public static CelValue Parse(string text) =>
        Uris.IsRequestUri(text)
            ? CelValue.Of(new CelUrl(text))
            : CelValue.Error($"URL parse error during conversion from string: parse {Errors.FieldError.Quote(text)}: invalid URI for request");

    public CelMap Query()
    {
        var values = new Dictionary<string, List<CelValue>>(StringComparer.Ordinal);
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            if (pair.Contains(';', StringComparison.Ordinal))
                continue;
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = Unescape(equals < 0 ? pair : pair[..equals]);
            var value = Unescape(equals < 0 ? "" : pair[(equals + 1)..]);
            if (name is null || value is null)
                continue;
            if (!values.TryGetValue(name, out var list))
                values[name] = list = [];
            list.Add(CelValue.Of(value));
        }
        var map = new Dictionary<CelValue, CelValue>(MapKeys.Comparer);
        foreach (var (name, list) in values)
            map[CelValue.Of(name)] = CelValue.Of(new ArrayList([.. list]));
        return new DictionaryMap(map);
    }

    public override bool EqualTo(CelOpaque other) => text == ((CelUrl)other).text;

    public override string ToString() => text;

    private int PortStart()
    {
        var colon = Host.LastIndexOf(':');
        return colon > Host.LastIndexOf(']') ? colon : -1;
    }

    private static string? Unescape(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2])))
                return null;
        }
        return Uri.UnescapeDataString(text.Replace('+', ' '));
    }

    /// <summary>Keeps what is escaped, escapes what a path may not hold.</summary>
    private static string EscapePath(string path)
    {
        if (path.All(c => char.IsAsciiLetterOrDigit(c) || "-_.~$&+,/:;=@!'()*%[]".Contains(c, StringComparison.Ordinal)))
            return path;
        var escaped = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(path))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || "-_.~$&+,/:;=@%".Contains((char)b, StringComparison.Ordinal))
                escaped.Append((char)b);
            else
                escaped.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }
        return escaped.ToString();
    }
}
