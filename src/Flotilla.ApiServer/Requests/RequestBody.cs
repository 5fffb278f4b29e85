using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using Flotilla.Kubernetes.Errors;
using Microsoft.AspNetCore.Http;

namespace Flotilla.ApiServer.Requests;

/// <summary>Reads bodies within the limit that kube-apiserver sets.</summary>
internal static class RequestBody
{
    /// <summary>3 MiB; one byte more is refused with 413.</summary>
    public const int Limit = 3 * 1024 * 1024;

    public static Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellation) =>
        request.ContentLength > Limit ? throw TooLarge(Limit)
        : IsPacked(request) ? UnpackAsync(request.Body, Limit, cancellation)
        : ReadBoundedAsync(request.BodyReader, Limit, cancellation);

    /// <summary>The bytes as they were sent, within a limit; gzip is left packed.</summary>
    public static Task<byte[]> ReadAsSentAsync(HttpRequest request, int limit, CancellationToken cancellation) =>
        request.ContentLength > limit ? throw TooLarge(limit) : ReadBoundedAsync(request.BodyReader, limit, cancellation);

    /// <summary>Whether the body is gzip.</summary>
    public static bool IsPacked(HttpRequest request) => request.Headers.ContentEncoding.ToString() is "gzip";

    /// <summary>Unpacks gzip within a limit.</summary>
    public static async Task<byte[]> UnpackAsync(Stream packed, int limit, CancellationToken cancellation)
    {
        using var unpacked = new GZipStream(packed, CompressionMode.Decompress, leaveOpen: true);
        return await ReadBoundedAsync(PipeReader.Create(unpacked), limit, cancellation);
    }

    /// <summary>The media type without parameters, in lower case; JSON when none is given.</summary>
    public static string MediaType(HttpRequest request)
    {
        var type = request.ContentType ?? "application/json";
        var semicolon = type.IndexOf(';', StringComparison.Ordinal);
        return (semicolon < 0 ? type : type[..semicolon]).Trim().ToLowerInvariant();
    }

    private static async Task<byte[]> ReadBoundedAsync(PipeReader reader, int limit, CancellationToken cancellation)
    {
        while (true)
        {
            ReadResult read;
            try
            {
                read = await reader.ReadAsync(cancellation);
            }
            catch (InvalidDataException e)
            {
                throw ApiStatusException.BadRequest($"the body is not gzip: {e.Message}");
            }
            if (read.Buffer.Length > limit)
                throw TooLarge(limit);
            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static ApiStatusException TooLarge(int limit) => ApiStatusException.TooLarge($"Request entity too large: limit is {limit}");
}
