using System.Buffers;
using System.Text.Json;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Client;

/// <summary>The events of a watch: one JSON object a line.</summary>
internal sealed class WatchStream(Stream stream) : IDisposable
{
    private const int FirstBytes = 2 * 1024;

    /// <summary>Objects have at most some megabytes; more means that this is no watch.</summary>
    private const int LongestLine = 64 * 1024 * 1024;

    private byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private int start;
    private int looked;
    private int end;

    /// <summary>The next event; null when the server ended the watch.</summary>
    /// <exception cref="ApiStatusException">The server says that the watch cannot go on.</exception>
    /// <exception cref="HttpRequestException">The connection broke.</exception>
    public async ValueTask<WatchEvent?> NextAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var found = buffer.AsSpan(looked, end - looked).IndexOf((byte)'\n');
            if (found >= 0)
            {
                var line = buffer.AsMemory(start, looked + found - start);
                start = looked = looked + found + 1;
                if (!line.IsEmpty)
                    return Read(line.Span);
                continue;
            }
            looked = end;
            MakeRoom();
            int read;
            try
            {
                read = await stream.ReadAsync(buffer.AsMemory(end), cancellation);
            }
            catch (IOException e)
            {
                throw new HttpRequestException(HttpRequestError.ResponseEnded, $"the connection of a watch broke: {e.Message}", e);
            }
            if (read == 0)
                return start == end ? null : throw new HttpRequestException(HttpRequestError.ResponseEnded, "a watch ended in the middle of an event");
            end += read;
        }
    }

    public void Dispose()
    {
        stream.Dispose();
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
    }

    private void MakeRoom()
    {
        if (start == end)
        {
            start = looked = end = 0;
            // What one large object needed is not kept for as long as the watch lasts.
            if (buffer.Length > 16 * FirstBytes)
                Replace(FirstBytes);
            return;
        }
        if (end < buffer.Length)
            return;
        if (end - start > LongestLine)
            throw new HttpRequestException(HttpRequestError.ConfigurationLimitExceeded, $"an event of a watch is longer than {LongestLine} bytes");
        Replace(start > buffer.Length / 2 ? buffer.Length : 2 * buffer.Length);
    }

    private void Replace(int size)
    {
        var other = ArrayPool<byte>.Shared.Rent(size);
        buffer.AsSpan(start, end - start).CopyTo(other);
        ArrayPool<byte>.Shared.Return(buffer);
        (buffer, looked, end, start) = (other, looked - start, end - start, 0);
    }

    private static WatchEvent Read(ReadOnlySpan<byte> line)
    {
        try
        {
            var change = JsonText.Parse(line);
            var obj = change.Object("object");
            var type = change.String("type");
            if (type == "ERROR")
                throw new ApiStatusException(ApiStatus.FromJson(obj) ?? new ApiStatus(500, "InternalError", "the server ended a watch without saying why"));
            if (obj is not null && TypeOf(type) is { } known)
            {
                ((System.Text.Json.Nodes.JsonObject)change!).Remove("object");
                return new WatchEvent(known, obj);
            }
            throw new HttpRequestException(HttpRequestError.InvalidResponse, $"a watch brought an event of unknown type \"{type}\"");
        }
        catch (JsonException e)
        {
            throw new HttpRequestException(HttpRequestError.InvalidResponse, $"a watch brought something that is no JSON: {e.Message}", e);
        }
    }

    private static WatchEventType? TypeOf(string? text) => text switch
    {
        "ADDED" => WatchEventType.Added,
        "MODIFIED" => WatchEventType.Modified,
        "DELETED" => WatchEventType.Deleted,
        "BOOKMARK" => WatchEventType.Bookmark,
        _ => null,
    };
}
