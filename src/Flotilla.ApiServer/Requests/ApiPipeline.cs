using System.Text.Json;
using Flotilla.ApiServer.Authentication;
using Flotilla.ApiServer.Authorization;
using Flotilla.ApiServer.Clusters;
using Flotilla.ApiServer.Resources;
using Flotilla.ApiServer.Storage;
using Flotilla.Kubernetes.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Flotilla.ApiServer.Requests;

/// <summary>The way of every request: which cluster, who, what, may they; then the handler; failures become a Status.</summary>
internal sealed partial class ApiPipeline(ClusterDirectory clusters, Authenticator authenticator, ILogger<ApiPipeline> logger) : IDisposable
{
    private const string ClusterPrefix = "/clusters/";
    private readonly CancellationTokenSource stopping = new();

    /// <summary>Ends all watches, so that the server need not wait for them.</summary>
    public void Stop() => stopping.Cancel();

    public void Dispose() => stopping.Dispose();

    public async Task HandleAsync(HttpContext http)
    {
        var warnings = new Warnings();
        try
        {
            await DispatchAsync(http, warnings);
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException && http.RequestAborted.IsCancellationRequested)
        {
            // The client went away; there is nobody to tell.
        }
        catch (Exception failure) when (!http.Response.HasStarted)
        {
            var status = StatusOf(failure);
            if (status.Code >= 500)
                LogFailure(logger, http.Request.Method, http.Request.Path, status.Code, failure);
            warnings.WriteTo(http.Response);
            await StatusResponse.WriteAsync(http, status);
        }
        catch (Exception failure)
        {
            LogFailure(logger, http.Request.Method, http.Request.Path, 0, failure);
            http.Abort();
        }
    }

    private async Task DispatchAsync(HttpContext http, Warnings warnings)
    {
        var (cluster, path) = Locate(http.Request.Path.Value ?? "/");
        var user = authenticator.Authenticate(http.Request.Headers.Authorization, http.Connection.ClientCertificate, cluster ?? clusters.Default)
            ?? throw ApiStatusException.Unauthorized();
        if (cluster is null)
            throw ApiStatusException.NoSuchPath();

        var info = RequestInfoReader.Read(http.Request.Method, path, http.Request.Query);
        if (ImpersonationHeaders.Read(http.Request.Headers) is { } wanted)
            user = Impersonation.Authorize(user, wanted, info, cluster.Authorizer);
        var decision = cluster.Authorizer.Authorize(user, info);
        if (!decision.Allowed)
            throw Forbidden.Of(user, info, decision.Reason);
        var context = new RequestContext(cluster, user, warnings, http.RequestAborted) { Authenticator = authenticator, Stopping = stopping.Token };
        if (info.IsResource)
            await ResourceHandler.HandleAsync(http, context, info);
        else
            await NonResourceHandler.HandleAsync(http, context, info);
    }

    private (VirtualCluster? Cluster, string Path) Locate(string path)
    {
        if (!path.StartsWith(ClusterPrefix, StringComparison.Ordinal))
            return (clusters.Default, path);
        var end = path.IndexOf('/', ClusterPrefix.Length);
        var name = end < 0 ? path[ClusterPrefix.Length..] : path[ClusterPrefix.Length..end];
        return (clusters.Find(name), end < 0 ? "/" : path[end..]);
    }

    private static ApiStatus StatusOf(Exception failure) => failure switch
    {
        ApiStatusException known => known.Status,
        BadHttpRequestException bad => new ApiStatus(bad.StatusCode, bad.StatusCode == 413 ? "RequestEntityTooLarge" : "BadRequest", bad.Message),
        JsonException bad => new ApiStatus(400, "BadRequest", bad.Message),
        StorageFailedException storage => new ApiStatus(storage.Failure == StorageFailure.NoSpace ? 507 : 500, "InternalError", storage.Message),
        StorageConflictException { Conflict: StorageConflict.ClusterDeleted } => ApiStatusException.NoSuchPath().Status,
        _ => new ApiStatus(500, "InternalError", $"Internal error occurred: {failure.Message}"),
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed ({Code})")]
    private static partial void LogFailure(ILogger logger, string method, string path, int code, Exception failure);
}
