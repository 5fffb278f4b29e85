using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Microsoft.AspNetCore.Http;

namespace Flotilla.ApiServer.Requests;

/// <summary>Answers that are a Status.</summary>
internal static class StatusResponse
{
    public static ApiStatusException MethodNotAllowed() =>
        new(new ApiStatus(405, "MethodNotAllowed", "the server does not allow this method on the requested resource"));

    /// <summary>A Status that says no more than that it worked.</summary>
    public static JsonObject Success() => new()
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Success",
        ["code"] = 201L,
    };

    public static Task WriteAsync(HttpContext http, ApiStatus status)
    {
        if (status.RetryAfterSeconds > 0)
            http.Response.Headers.RetryAfter = status.RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (status.Code == 401)
            http.Response.Headers.WWWAuthenticate = "Bearer realm=\"kubernetes-master\"";
        return WriteAsync(http, status.ToJson(), status.Code);
    }

    public static async Task WriteAsync(HttpContext http, JsonObject status, int code)
    {
        http.Response.StatusCode = code;
        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "no-cache, private";
        await http.Response.BodyWriter.WriteAsync(JsonText.ToUtf8(status), http.RequestAborted);
    }

    /// <summary>What Go's router says of a path that nothing is registered for.</summary>
    public static async Task WritePageNotFoundAsync(HttpContext http) => await WriteTextAsync(http, 404, "404 page not found\n");

    public static async Task WriteTextAsync(HttpContext http, int code, string text)
    {
        http.Response.StatusCode = code;
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        await http.Response.WriteAsync(text, http.RequestAborted);
    }
}
