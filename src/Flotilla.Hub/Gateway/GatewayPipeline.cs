using Flotilla.Api.Sites;
using Flotilla.ApiServer.Requests;
using Flotilla.Content;
using Flotilla.Hub.Ledger;
using Flotilla.Kubernetes.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Flotilla.Hub.Gateway;

/// <summary>Finds out what a request is for, and tells failures as the Kubernetes API does. What is not named here does not exist.</summary>
internal sealed partial class GatewayPipeline(
    SyncEndpoint sync, EnrolEndpoint enrol, EnrolmentEndpoint enrolment, ContentEndpoint content, UploadEndpoint upload, ReadEndpoint read,
    HoldEndpoint hold, ForecastEndpoint forecast, SyncNumbers numbers, string authorityPem, Func<bool> isReady, ILogger logger)
{
    private const long OverloadTold = 10_000;
    private long overloadTold = long.MinValue / 2;

    public async Task HandleAsync(HttpContext http)
    {
        try
        {
            await RouteAsync(http, http.Request.Method, (http.Request.Path.Value ?? "").Split('/'));
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be told.
        }
        catch (Exception e)
        {
            await TellAsync(http, e);
        }
    }

    private Task RouteAsync(HttpContext http, string method, string[] path) => (method, path) switch
    {
        ("GET", ["", "healthz"]) => StatusResponse.WriteTextAsync(http, 200, "ok"),
        ("GET", ["", "readyz"]) => isReady() ? StatusResponse.WriteTextAsync(http, 200, "ok") : StatusResponse.WriteTextAsync(http, 503, "stopping"),
        // An agent that has only a token compares it with the hash there: the handshake does not bring this certificate along.
        ("GET", ["", "v1", "ca"]) => StatusResponse.WriteTextAsync(http, 200, authorityPem),
        ("POST", ["", "v1", "sync"]) => sync.HandleAsync(http),
        ("POST", ["", "v1", "enrol"]) => enrol.HandleAsync(http),
        ("GET" or "HEAD", ["", "v2", "content", ("blobs" or "manifests") and var what, var digest]) => content.HandleAsync(http, what, digest),
        ("GET", ["", "v1", "hub"]) => hold.TellAsync(http),
        ("POST", ["", "v1", "hub", "release"]) => hold.ReleaseAsync(http),
        (_, ["", "v1", "namespaces", { Length: > 0 } ns, .. var rest]) => NamespacedAsync(http, method, ns, rest),
        _ => throw ApiStatusException.NoSuchPath(),
    };

    private Task NamespacedAsync(HttpContext http, string method, string ns, string[] path) => (method, path) switch
    {
        ("POST", ["content"]) => upload.HandleAsync(http, ns),
        ("POST", ["sites", { Length: > 0 } name, "enrolment"]) => enrolment.HandleAsync(http, new SiteName(ns, name)),
        ("POST", ["sites", { Length: > 0 } name, "revocation"]) => enrolment.RevokeAsync(http, new SiteName(ns, name)),
        ("GET", ["sites", { Length: > 0 } name, "journal"]) => read.JournalAsync(http, new SiteName(ns, name)),
        ("GET", ["sites", { Length: > 0 } name, "report"]) => read.ReportAsync(http, new SiteName(ns, name)),
        ("GET", ["sites", { Length: > 0 } name, "target"]) => read.TargetAsync(http, new SiteName(ns, name)),
        ("GET", ["fleets", { Length: > 0 } name, "sites"]) => read.FleetSitesAsync(http, ns, name),
        ("GET", ["rollouts", { Length: > 0 } name, "story"]) => read.StoryAsync(http, ns, name),
        ("GET", ["rollouts", { Length: > 0 } name, "sites"]) => read.RolloutSitesAsync(http, ns, name),
        ("GET", ["rollouts", { Length: > 0 } name, "forecast"]) => forecast.HandleAsync(http, ns, name),
        _ => throw ApiStatusException.NoSuchPath(),
    };

    private async Task TellAsync(HttpContext http, Exception e)
    {
        var status = StatusOf(e);
        if (e is OverloadException)
            TellOfOverload();
        else if (status.Code >= 500)
            Failed(e, http.Request.Method, http.Request.Path, status.Code);
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }
        http.Response.Headers.ContentEncoding = default;
        http.Response.Headers.ETag = default;
        http.Response.ContentLength = null;
        try
        {
            await StatusResponse.WriteAsync(http, status);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be told.
        }
    }

    /// <summary>Seldom: each line would take time of what there is too little of.</summary>
    private void TellOfOverload()
    {
        var (before, now) = (Volatile.Read(ref overloadTold), Environment.TickCount64);
        if (now - before >= OverloadTold && Interlocked.CompareExchange(ref overloadTold, now, before) == before)
            Overloaded(numbers.Refused);
    }

    private static ApiStatus StatusOf(Exception e) => e switch
    {
        OverloadException busy => new ApiStatus(503, "ServiceUnavailable", busy.Message) { RetryAfterSeconds = busy.RetryAfter },
        ApiStatusException { Status: var status } => status,
        BadHttpRequestException bad => new ApiStatus(bad.StatusCode, "BadRequest", bad.Message),
        InvalidDataException => new ApiStatus(400, "BadRequest", "the body is not what its headers say"),
        LedgerException or ObjectDisposedException => Unavailable("the hub's ledger cannot be used at the moment"),
        HttpRequestException => Unavailable("the hub's Kubernetes API cannot be reached at the moment"),
        DigestMismatchException => new ApiStatus(500, "InternalError", "the hub's copy of this content is spoilt: its log names it"),
        _ => new ApiStatus(500, "InternalError", "the hub could not do this: its log says why"),
    };

    private static ApiStatus Unavailable(string message) => new(503, "ServiceUnavailable", message) { RetryAfterSeconds = 5 };

    [LoggerMessage(Level = LogLevel.Warning, Message = "too many syncs at a time: {Count} were told to come later since the start, each at another time")]
    private partial void Overloaded(long count);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed with {Code}")]
    private partial void Failed(Exception e, string method, PathString path, int code);
}
