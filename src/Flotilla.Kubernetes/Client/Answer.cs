using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Client;

/// <summary>A whole answer; the body lies in a borrowed buffer.</summary>
internal sealed class Answer : IDisposable
{
    /// <summary>Far above any answer that is asked for here; keeps a server gone mad from taking all memory.</summary>
    private const int MostBytes = 512 * 1024 * 1024;
    private const int FirstBytes = 16 * 1024;

    private byte[] buffer = [];
    private int length;

    private Answer(HttpResponseMessage response)
    {
        Code = (int)response.StatusCode;
        Headers = response.Headers;
        ContentType = response.Content.Headers.ContentType;
    }

    public int Code { get; }

    public HttpResponseHeaders Headers { get; }

    public MediaTypeHeaderValue? ContentType { get; }

    public ReadOnlyMemory<byte> Body => buffer.AsMemory(0, length);

    public static async Task<Answer> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var answer = new Answer(response);
        try
        {
            await answer.ReadAsync(response.Content, cancellation);
            return answer;
        }
        catch (IOException e)
        {
            answer.Dispose();
            throw new HttpRequestException(HttpRequestError.ResponseEnded, $"the connection broke in the middle of an answer: {e.Message}", e);
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    public JsonObject Object() => Parse() as JsonObject ?? throw NotJson("is no JSON object");

    public JsonNode? Parse()
    {
        try
        {
            return JsonText.Parse(Body.Span);
        }
        catch (JsonException e)
        {
            throw NotJson($"is no JSON ({e.Message})");
        }
    }

    public void Dispose()
    {
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
        (buffer, length) = ([], 0);
    }

    private async Task ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        var stream = await content.ReadAsStreamAsync(cancellation);
        await using (stream)
        {
            // One byte more than announced, so that the end is seen without growing.
            buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(MostBytes, (content.Headers.ContentLength ?? FirstBytes) + 1));
            int read;
            while ((read = await stream.ReadAsync(buffer.AsMemory(length), cancellation)) > 0)
            {
                length += read;
                if (length == buffer.Length)
                    Grow();
            }
        }
    }

    private void Grow()
    {
        if (length >= MostBytes)
            throw new HttpRequestException(HttpRequestError.ConfigurationLimitExceeded, $"the server's answer is longer than {MostBytes} bytes");
        var larger = ArrayPool<byte>.Shared.Rent(2 * length);
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }

    private static HttpRequestException NotJson(string what) => new(HttpRequestError.InvalidResponse, $"the server's answer {what}");
}
