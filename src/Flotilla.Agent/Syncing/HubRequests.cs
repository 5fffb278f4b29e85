using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Flotilla.Agent.State;
using Flotilla.Api;
using Flotilla.Api.Sync;
using Flotilla.Content;
using Flotilla.Content.Trust;

namespace Flotilla.Agent.Syncing;

/// <summary>Requests of a site to its hub, each signed with the site's key.</summary>
/// <param name="http">The way to the hub.</param>
/// <param name="address">The hub.</param>
public sealed class HubRequests(HttpMessageInvoker http, Uri address, TimeProvider time)
{
    public const string NonceHeader = "Flotilla-Nonce";
    private const int WorthPacking = 1024;
    private const int LargestAnswer = 8 * 1024 * 1024;
    private volatile string? nonce;

    /// <summary>The address of the hub.</summary>
    public Uri Address => address;

    /// <summary>One round trip.</summary>
    /// <exception cref="SyncFailure">It brought nothing; the reason tells why.</exception>
    public async Task<SyncResponse> SyncAsync(SiteIdentity site, SyncRequest request, CancellationToken cancellation)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(request, ApiJson.Default.SyncRequest);
        // A hub that thinks that our clock is wrong names a nonce instead; with that we ask once more.
        return await PostAsync(site, body, cancellation) ?? await PostAsync(site, body, cancellation)
            ?? throw new SyncFailure(Reasons.SignInRefused, "the hub refuses the site's token, also with its nonce: is the site still enrolled with this key?");
    }

    /// <summary>Binds this site's keys to its Site.</summary>
    /// <exception cref="SyncFailure">It brought nothing; the reason tells why.</exception>
    public async Task<EnrolResponse> EnrolAsync(string token, EnrolRequest request, CancellationToken cancellation)
    {
        using var message = Post("/v1/enrol", JsonSerializer.SerializeToUtf8Bytes(request, ApiJson.Default.EnrolRequest));
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await SendAsync(message, cancellation);
        return await ReadAsync(response, ApiJson.Default.EnrolResponse, cancellation);
    }

    /// <summary>Signs a request that has no body.</summary>
    public ValueTask SignAsync(SiteIdentity site, HttpRequestMessage request)
    {
        Sign(site, request, Digest.Of([]));
        return ValueTask.CompletedTask;
    }

    /// <returns>Null when the hub named a nonce to come back with.</returns>
    private async Task<SyncResponse?> PostAsync(SiteIdentity site, byte[] body, CancellationToken cancellation)
    {
        using var message = Post("/v1/sync", body);
        Sign(site, message, Digest.Of(await message.Content!.ReadAsByteArrayAsync(cancellation)));
        using var response = await SendAsync(message, cancellation);
        if (response.StatusCode == HttpStatusCode.Unauthorized && response.Headers.TryGetValues(NonceHeader, out var named) && named.FirstOrDefault() is { } wanted && wanted != nonce)
        {
            nonce = wanted;
            return null;
        }
        return await ReadAsync(response, ApiJson.Default.SyncResponse, cancellation);
    }

    private HttpRequestMessage Post(string path, byte[] body)
    {
        var packed = body.Length > WorthPacking ? Pack(body) : body;
        var content = new ByteArrayContent(packed);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (!ReferenceEquals(packed, body))
            content.Headers.ContentEncoding.Add("gzip");
        return new HttpRequestMessage(HttpMethod.Post, new Uri(address, path))
        {
            Content = content,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
    }

    private void Sign(SiteIdentity site, HttpRequestMessage request, Digest body) =>
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", SiteToken.Create(
            site.SigningKey,
            new SiteTokenRequest(site.Site, site.Hub, request.Method.Method, request.RequestUri!.PathAndQuery, body, time.GetUtcNow()) { Nonce = nonce }));

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            return await http.SendAsync(request, cancellation);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new SyncFailure(Reasons.HubUnreachable, $"{address} cannot be reached: {e.Message}", inner: e);
        }
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        var status = (int)response.StatusCode;
        if (response.Content.Headers.ContentType?.MediaType is { } media && media != "application/json" && media != "text/plain")
            throw new SyncFailure(Reasons.NotTheHub, $"something else than the hub answers at {address} ({status}, {media}): a sign-in page of the network?");
        byte[] body;
        try
        {
            if (response.Content.Headers.ContentLength > LargestAnswer)
                throw new SyncFailure(Reasons.NotTheHub, $"the answer of {address} is too large");
            body = await response.Content.ReadAsByteArrayAsync(cancellation);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new SyncFailure(Reasons.HubUnreachable, $"the connection to {address} broke: {e.Message}", inner: e);
        }
        if (response.IsSuccessStatusCode)
            return Parse(body, type) ?? throw new SyncFailure(Reasons.NotTheHub, $"the answer of {address} is none of a hub: {status}, {body.Length} bytes");
        var said = Flotilla.Kubernetes.Errors.ApiStatus.FromJson(Parse(body))?.Message ?? response.ReasonPhrase;
        throw response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => new SyncFailure(Reasons.SignInRefused, $"the hub refuses this site: {said}"),
            HttpStatusCode.Forbidden => new SyncFailure(Reasons.Revoked, $"the hub does not let this site in any more: {said}"),
            _ => new SyncFailure(Reasons.HubFailing, $"the hub answers {status}: {said}", RetryAfter(response)),
        };
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

    private static System.Text.Json.Nodes.JsonNode? Parse(byte[] body)
    {
        try
        {
            return Flotilla.Kubernetes.Json.JsonText.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[] Pack(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(body);
        return packed.ToArray();
    }
}
