using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text.Json;
using Flotilla.Agent.Links;
using Flotilla.Agent.State;
using Flotilla.Api;
using Flotilla.Api.Sync;
using Flotilla.Content;
using Flotilla.Content.Trust;

namespace Flotilla.Agent.Syncing;

/// <summary>Requests of a site to its hub, each signed with the site's key.</summary>
/// <param name="http">The way to the hub.</param>
/// <param name="address">The hub.</param>
/// <param name="link">Counts what is sent and what comes.</param>
public sealed class HubRequests(HttpMessageInvoker http, Uri address, TimeProvider time, LinkBook? link = null)
{
    public const string NonceHeader = "Flotilla-Nonce";

    /// <summary>Tells a handler whether a request was cancelled since nothing came.</summary>
    internal static readonly HttpRequestOptionsKey<ProgressDeadline> Deadline = new("flotilla-deadline");
    private const int WorthPacking = 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Standstill = TimeSpan.FromSeconds(60);
    private readonly HubAnswer answer = new(address, bytes => link?.DesiredState(bytes), time);
    private volatile string? nonce;

    /// <summary>The address of the hub.</summary>
    public Uri Address => address;

    /// <summary>One round trip.</summary>
    /// <exception cref="SyncFailure">It brought nothing; the reason tells why.</exception>
    public async Task<SyncResponse> SyncAsync(SiteIdentity site, SyncRequest request, CancellationToken cancellation)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(request, ApiJson.Default.SyncRequest);
        // A hub that thinks that our clock is wrong names a nonce instead; with that we ask once more.
        var hold = TimeSpan.FromSeconds(request.HoldSeconds);
        return await PostAsync(site, body, hold, cancellation) ?? await PostAsync(site, body, hold, cancellation)
            ?? throw new SyncFailure(Reasons.SignInRefused, "the hub refuses the site's token, also with its nonce: is the site still enrolled with this key?");
    }

    /// <summary>Binds this site's keys to its Site.</summary>
    /// <exception cref="SyncFailure">It brought nothing; the reason tells why.</exception>
    public async Task<EnrolResponse> EnrolAsync(string token, EnrolRequest request, CancellationToken cancellation)
    {
        using var message = Post("/v1/enrol", JsonSerializer.SerializeToUtf8Bytes(request, ApiJson.Default.EnrolRequest));
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await ExchangeAsync(message, TimeSpan.Zero, (response, deadline) => answer.ReadAsync(response, ApiJson.Default.EnrolResponse, deadline), cancellation);
    }

    /// <summary>Signs a request that has no body.</summary>
    public ValueTask SignAsync(SiteIdentity site, HttpRequestMessage request)
    {
        Sign(site, request, Digest.Of([]));
        return ValueTask.CompletedTask;
    }

    /// <returns>Null when the hub named a nonce to come back with.</returns>
    private async Task<SyncResponse?> PostAsync(SiteIdentity site, byte[] body, TimeSpan hold, CancellationToken cancellation)
    {
        using var message = Post("/v1/sync", body);
        Sign(site, message, Digest.Of(await message.Content!.ReadAsByteArrayAsync(cancellation)));
        return await ExchangeAsync(
            message, hold, async (response, deadline) => IsGivenNonce(response) ? null : Whole(await answer.ReadAsync(response, ApiJson.Default.SyncResponse, deadline)), cancellation);
    }

    /// <summary>Whether a refusal brought a nonce that was not tried yet: a request that is signed with it proves to be fresh whatever our clock says.</summary>
    public bool IsGivenNonce(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.Unauthorized || !response.Headers.TryGetValues(NonceHeader, out var named) || named.FirstOrDefault() is not { } wanted || wanted == nonce)
            return false;
        nonce = wanted;
        return true;
    }

    /// <summary>Every hub tells its time; any other JSON would pass for an answer without news.</summary>
    private SyncResponse Whole(SyncResponse response) =>
        response.Now != default ? response : throw new SyncFailure(Reasons.NotTheHub, $"the answer of {address} is none of a hub: it does not tell the time");

    private HttpRequestMessage Post(string path, byte[] body)
    {
        var packed = body.Length > WorthPacking ? Pack(body) : body;
        var content = new ByteArrayContent(packed);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (!ReferenceEquals(packed, body))
            content.Headers.ContentEncoding.Add("gzip");
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, path))
        {
            Content = content,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        ContentCoding.Accept(request);
        return request;
    }

    private void Sign(SiteIdentity site, HttpRequestMessage request, Digest body) =>
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", SiteToken.Create(
            site.SigningKey,
            new SiteTokenRequest(site.Site, site.Hub, request.Method.Method, request.RequestUri!.PathAndQuery, body, time.GetUtcNow()) { Nonce = nonce }));

    /// <summary>One exchange, for as long as it gets on.</summary>
    /// <param name="hold">For how long the hub was asked to wait before it answers.</param>
    private async Task<T> ExchangeAsync<T>(HttpRequestMessage request, TimeSpan hold, Func<HttpResponseMessage, ProgressDeadline, Task<T>> read, CancellationToken cancellation)
    {
        // What is sent takes its time, too, before anything can come back.
        var sending = TimeSpan.FromSeconds((request.Content?.Headers.ContentLength ?? 0) / (double)ProgressDeadline.SlowestRate / 8);
        using var deadline = new ProgressDeadline(Patience + hold + sending, Standstill, time, cancellation);
        try
        {
            link?.Journal((int)(request.Content?.Headers.ContentLength ?? 0));
            request.Options.Set(Deadline, deadline);
            using var response = await http.SendAsync(request, deadline.Token);
            deadline.Received(1);
            return await read(response, deadline);
        }
        catch (Exception e) when (deadline.IsOver && !cancellation.IsCancellationRequested && e is OperationCanceledException or HttpRequestException or IOException)
        {
            throw new SyncFailure(Reasons.HubUnreachable, $"{address}: {deadline.Why}, though something took the connection: the line is half open, or too slow", inner: e);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.SecureConnectionError && e.InnerException is AuthenticationException)
        {
            throw new SyncFailure(Reasons.NotTheHub, $"who answers at {address} cannot prove to be the hub: {e.InnerException.Message}", inner: e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new SyncFailure(Reasons.HubUnreachable, $"{address} cannot be reached: {e.Message}", inner: e);
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
