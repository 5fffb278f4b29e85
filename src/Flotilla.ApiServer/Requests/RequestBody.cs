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

    public static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (request.ContentLength > Limit)
            throw TooLarge();
        if (request.Headers.ContentEncoding.ToString() is "gzip")
        {
            using var unpacked = new GZipStream(request.Body, CompressionMode.Decompress, leaveOpen: true);
            return await ReadBoundedAsync(PipeReader.Create(unpacked), cancellation);
        }
        return await ReadBoundedAsync(request.BodyReader, cancellation);
    }

    /// <summary>The media type without parameters, in lower case; JSON when none is given.</summary>
    public static string MediaType(HttpRequest request)
    {
        var type = request.ContentType ?? "application/json";
        var semicolon = type.IndexOf(';', StringComparison.Ordinal);
        return (semicolon < 0 ? type : type[..semicolon]).Trim().ToLowerInvariant();
    }

    private static async Task<byte[]> ReadBoundedAsync(PipeReader reader, CancellationToken cancellation)
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
            if (read.Buffer.Length > Limit)
                throw TooLarge();
            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static ApiStatusException TooLarge() => ApiStatusException.TooLarge($"Request entity too large: limit is {Limit}");
}
