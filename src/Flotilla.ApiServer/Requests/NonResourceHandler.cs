using System.Text;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Discovery;
using Flotilla.ApiServer.OpenApi;
using Flotilla.ApiServer.Resources;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;
using Microsoft.AspNetCore.Http;

namespace Flotilla.ApiServer.Requests;

/// <summary>Requests for anything but objects: health, version, discovery, OpenAPI.</summary>
internal static class NonResourceHandler
{
    private static readonly string[] OtherPaths = ["/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version"];

    public static Task HandleAsync(HttpContext http, RequestContext context, RequestInfo info)
    {
        var parts = info.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (http.Request.Method != "GET")
        {
            return parts is ["api" or "apis", ..] && Find(context, parts) is not null
                ? throw StatusResponse.MethodNotAllowed()
                : StatusResponse.WritePageNotFoundAsync(http);
        }
        switch (parts)
        {
            case ["healthz" or "livez" or "readyz"] or ["healthz" or "livez" or "readyz", "ping" or "etcd" or "log"]:
                return StatusResponse.WriteTextAsync(http, 200, "ok");
            case ["version"]:
                return WriteAsync(http, context, JsonText.ToUtf8(VersionDocument.Create()), new MediaType(BodyFormat.Json));
            case ["openapi", ..]:
                return WriteOpenApiAsync(http, context, info.Path);
            case ["api"] or ["apis"]:
                return WriteGroupsAsync(http, context, legacy: parts[0] == "api");
            default:
                if (Find(context, parts) is { } document)
                    return WriteAsync(http, context, document, MediaTypes.Negotiate(http.Request.Headers.Accept, Offer.Plain));
                return IsUnknownVersion(context, parts) ? throw ApiStatusException.NoSuchPath() : StatusResponse.WritePageNotFoundAsync(http);
        }
    }

    private static byte[]? Find(RequestContext context, string[] parts) => parts switch
    {
        [] => context.Cluster.Discovery.Paths(OtherPaths),
        ["api"] or ["apis"] => [],
        ["api", var version] => context.Cluster.Discovery.Resources("", version),
        ["apis", var group] => context.Cluster.Discovery.Group(group),
        ["apis", var group, var version] => context.Cluster.Discovery.Resources(group, version),
        _ => null,
    };

    /// <summary>/api and /apis: plain, or aggregated for clients that accept it.</summary>
    private static Task WriteGroupsAsync(HttpContext http, RequestContext context, bool legacy)
    {
        var accepted = MediaTypes.Negotiate(http.Request.Headers.Accept, Offer.Discovery);
        var discovery = context.Cluster.Discovery;
        if (accepted.Transform != Transform.GroupDiscovery)
            return WriteAsync(http, context, legacy ? discovery.LegacyVersions(http.Request.Host.Value ?? "") : discovery.Groups(), accepted);

        var document = discovery.Aggregated(legacy, accepted.TransformVersion);
        var tag = DiscoveryDocuments.ETag(document);
        http.Response.Headers.ETag = tag;
        http.Response.Headers.Vary = "Accept";
        http.Response.Headers.CacheControl = "public";
        if (http.Request.Headers.IfNoneMatch == tag)
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }
        return WriteAsync(http, context, document, accepted);
    }

    private static async Task WriteOpenApiAsync(HttpContext http, RequestContext context, string path)
    {
        var headers = http.Request.Headers;
        var prefix = context.Cluster.Name.Length == 0 ? "" : $"/clusters/{context.Cluster.Name}";
        var request = new OpenApiRequest(path, headers.Accept, headers.IfNoneMatch, http.Request.Query["hash"], prefix);
        var answer = OpenApiEndpoint.Answer(context.Cluster.OpenApi, request, context.Now);
        if (answer.Status == 404)
        {
            await StatusResponse.WritePageNotFoundAsync(http);
            return;
        }
        http.Response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
            http.Response.Headers[name] = value;
        // A 304 must not even be written to with nothing.
        if (!answer.Body.IsEmpty)
            await http.Response.BodyWriter.WriteAsync(answer.Body, context.Cancellation);
    }

    /// <summary>An unknown version of a group that is known.</summary>
    private static bool IsUnknownVersion(RequestContext context, string[] parts) =>
        parts is ["api", _] || (parts is ["apis", var group, _] && context.Cluster.Discovery.Group(group) is not null);

    private static async Task WriteAsync(HttpContext http, RequestContext context, byte[] json, MediaType accepted)
    {
        http.Response.StatusCode = 200;
        http.Response.ContentType = accepted.ContentType;
        if (http.Response.Headers.CacheControl.Count == 0)
            http.Response.Headers.CacheControl = "no-cache, private";
        var body = accepted.Format == BodyFormat.Yaml ? Encoding.UTF8.GetBytes(YamlWriter.Write((JsonNode)JsonText.Parse(json)!)) : json;
        await http.Response.BodyWriter.WriteAsync(body, context.Cancellation);
    }
}
