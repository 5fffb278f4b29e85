using System.Buffers;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Flotilla.Api;
using Flotilla.Content;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Agent.Syncing;

/// <summary>Judges what came back: only what can be a hub's answer is looked into, everything else is named for what it is.</summary>
internal sealed class HubAnswer(Uri address, Action<int> received, TimeProvider time)
{
    private const int LargestAnswer = 8 * 1024 * 1024;

    /// <summary>Reads an answer.</summary>
    /// <exception cref="SyncFailure">It brings nothing; the reason tells why.</exception>
    public async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, ProgressDeadline deadline)
        where T : class
    {
        RequireNoPortal(response);
        var media = response.Content.Headers.ContentType?.MediaType;
        var body = await ReadAsync(response, deadline);
        if (LooksLikeMarkup(media, body))
            throw Page(response, media);
        if (response.IsSuccessStatusCode)
        {
            return (media == "application/json" ? Parse(body, type) : null)
                ?? throw new SyncFailure(Reasons.NotTheHub, $"the answer of {address} is none of a hub: {(int)response.StatusCode}, {media ?? "no media type"}, {body.Length} bytes");
        }
        throw Refused(response, media == "application/json" ? ApiStatus.FromJson(Parse(body))?.Message : null);
    }

    /// <summary>Nothing that can be told from the head alone is read on.</summary>
    private void RequireNoPortal(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        if (status is >= 300 and < 400)
        {
            var where = response.Headers.Location is { IsAbsoluteUri: true } elsewhere ? elsewhere.Host : "another page";
            throw new SyncFailure(Reasons.CaptivePortal, $"something at {address} sends to {where} ({status}), which a hub never does: the network wants somebody to sign in");
        }
        if (response.StatusCode == HttpStatusCode.NetworkAuthenticationRequired)
            throw new SyncFailure(Reasons.CaptivePortal, $"the network before {address} wants somebody to sign in ({status})");
        if (response.Content.Headers.ContentLength > LargestAnswer)
            throw new SyncFailure(Reasons.NotTheHub, $"the answer of {address} is too large ({response.Content.Headers.ContentLength} bytes)");
    }

    /// <summary>A page with an error of a server comes from a proxy before the hub; any other is for people who shall sign in.</summary>
    private SyncFailure Page(HttpResponseMessage response, string? media)
    {
        var status = (int)response.StatusCode;
        return status >= 500
            ? new SyncFailure(Reasons.HubFailing, $"something before the hub answers {status} with a page: the hub behind it cannot be reached", RetryAfter(response))
            : new SyncFailure(Reasons.CaptivePortal, $"a page answers at {address} instead of the hub ({status}, {media ?? "no media type"}): the network wants somebody to sign in");
    }

    private SyncFailure Refused(HttpResponseMessage response, string? message)
    {
        var said = message ?? response.ReasonPhrase;
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => new SyncFailure(Reasons.SignInRefused, $"the hub refuses this site: {said}"),
            HttpStatusCode.Forbidden => new SyncFailure(Reasons.Revoked, $"the hub does not let this site in any more: {said}"),
            HttpStatusCode.ProxyAuthenticationRequired => new SyncFailure(Reasons.HubUnreachable, $"the proxy before {address} wants a name and a password: give them with --proxy http://NAME:PASSWORD@HOST:PORT"),
            var status => new SyncFailure(Reasons.HubFailing, $"the hub answers {(int)status}: {said}", RetryAfter(response)),
        };
    }

    private async Task<byte[]> ReadAsync(HttpResponseMessage response, ProgressDeadline deadline)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            await using var raw = new WireStream(await response.Content.ReadAsStreamAsync(deadline.Token), deadline, TakeAsync);
            await using var body = ContentCoding.Unpack(raw, response.Content.Headers.ContentEncoding)
                ?? throw new SyncFailure(Reasons.NotTheHub, $"the answer of {address} is in a coding that was not asked for");
            using var whole = new MemoryStream();
            for (int read; (read = await body.ReadAsync(buffer, deadline.Token)) > 0;)
            {
                if (whole.Length + read > LargestAnswer)
                    throw new SyncFailure(Reasons.NotTheHub, $"the answer of {address} does not end after {LargestAnswer} bytes");
                whole.Write(buffer, 0, read);
            }
            return whole.ToArray();
        }
        catch (InvalidDataException e)
        {
            throw new SyncFailure(Reasons.NotTheHub, $"the answer of {address} is not packed as it says: {e.Message}", inner: e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private ValueTask TakeAsync(int bytes, CancellationToken cancellation)
    {
        received(bytes);
        return ValueTask.CompletedTask;
    }

    /// <summary>Pages come under any media type, also under that of JSON. No JSON begins as they do.</summary>
    private static bool LooksLikeMarkup(string? media, ReadOnlySpan<byte> body)
    {
        if (media is "text/html" or "application/xhtml+xml")
            return true;
        if (body.StartsWith("\uFEFF"u8))
            body = body[3..];
        return body.TrimStart(" \t\r\n"u8).StartsWith("<"u8);
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - time.GetUtcNow(),
        _ => null,
    };

    private static T? Parse<T>(byte[] body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonNode? Parse(byte[] body)
    {
        try
        {
            return JsonText.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
