using System.IO.Compression;
using System.Net.Http.Headers;

namespace Flotilla.Content;

/// <summary>The codings in which bodies travel (RFC 9110 section 8.4), taken off by hand: what a body may become is bounded by who reads it.</summary>
public static class ContentCoding
{
    /// <summary>Asks for the codings that can be taken off.</summary>
    public static void Accept(HttpRequestMessage request)
    {
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("br"));
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip", 0.8));
    }

    /// <summary>The body without its coding; null when that is none that was asked for.</summary>
    public static Stream? Unpack(Stream body, ICollection<string> codings) => codings.Count switch
    {
        0 => body,
        1 => codings.First().ToLowerInvariant() switch
        {
            "identity" => body,
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            _ => null,
        },
        _ => null,
    };
}
