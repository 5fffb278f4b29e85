using System.Globalization;
using System.Text;

namespace Flotilla.TestKit.Http;

/// <summary>A request that goes out to the byte as it is written here, however wrong it is.</summary>
/// <param name="Method">As sent.</param>
/// <param name="Target">Path and query, encoded as wished; one byte for each character.</param>
/// <param name="Headers">Lines, one byte for each character; <c>Host</c> and <c>Content-Length</c> are added.</param>
/// <param name="Body">Null for none.</param>
public sealed record RawRequest(string Method, string Target, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[]? Body = null)
{
    /// <summary>The bytes on the wire (HTTP/1.1).</summary>
    public byte[] ToBytes()
    {
        var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{Method} {Target} HTTP/1.1\r\nHost: localhost\r\n");
        foreach (var (name, value) in Headers)
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        if (Body is not null)
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {Body.Length}\r\n");
        return [.. Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), .. Body ?? []];
    }

    /// <summary>What to show of it in a failure.</summary>
    public override string ToString()
    {
        var headers = string.Join(" | ", Headers.Where(h => h.Key != "Authorization").Select(h => $"{h.Key}: {Short(h.Value, 200)}"));
        return $"{Method} {Short(Target, 400)}\n{headers}\n{(Body is null ? "" : Short(Encoding.UTF8.GetString(Body), 2000))}";
    }

    private static string Short(string text, int most) => text.Length <= most ? text : $"{text[..most]}… ({text.Length})";
}

/// <summary>What came back.</summary>
/// <param name="Code">Status code.</param>
/// <param name="Headers">By name in lower case; the last value of each.</param>
/// <param name="Body">Decoded from chunks, not from gzip. Empty when only the head was read.</param>
public sealed record RawResponse(int Code, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);
}
