using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Flotilla.Hub.Gateway;

/// <summary>Answers in JSON, packed for who takes gzip and where that saves something.</summary>
internal static class GatewayResponse
{
    private const int WorthPacking = 1024;

    public static Task WriteAsync<T>(HttpContext http, T value, JsonTypeInfo<T> type, int code = 200) =>
        WriteAsync(http, JsonSerializer.SerializeToUtf8Bytes(value, type), code);

    public static async Task WriteAsync(HttpContext http, ReadOnlyMemory<byte> json, int code = 200)
    {
        var response = http.Response;
        response.StatusCode = code;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        if (json.Length >= WorthPacking && TakesGzip(http.Request))
        {
            response.Headers.ContentEncoding = "gzip";
            response.Headers.Vary = "Accept-Encoding";
            json = Pack(json);
        }
        response.ContentLength = json.Length;
        await response.BodyWriter.WriteAsync(json, http.RequestAborted);
    }

    /// <summary>Whether the client takes gzip; <c>gzip;q=0</c> is a no.</summary>
    public static bool TakesGzip(HttpRequest request) => Takes(request, "gzip");

    /// <summary>The smallest coding that the client takes; null for none.</summary>
    public static string? CodingFor(HttpRequest request) => Takes(request, "br") ? "br" : TakesGzip(request) ? "gzip" : null;

    private static bool Takes(HttpRequest request, string wanted)
    {
        foreach (var part in request.Headers.AcceptEncoding.ToString().Split(','))
        {
            var coding = part.Split(';');
            if (coding[0].Trim().Equals(wanted, StringComparison.OrdinalIgnoreCase))
                return coding.Length == 1 || coding[1].Replace(" ", "", StringComparison.Ordinal) is not ("q=0" or "q=0.0" or "q=0.00" or "q=0.000");
        }
        return false;
    }

    private static ReadOnlyMemory<byte> Pack(ReadOnlyMemory<byte> json)
    {
        using var packed = new MemoryStream(json.Length / 2);
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(json.Span);
        return packed.GetBuffer().AsMemory(0, (int)packed.Length);
    }
}
