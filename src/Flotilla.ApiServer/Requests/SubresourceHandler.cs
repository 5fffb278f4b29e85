using Flotilla.Kubernetes.Errors;

namespace Flotilla.ApiServer.Requests;

/// <summary>Requests for <c>/status</c>, <c>/scale</c>, <c>/finalize</c> … of an object.</summary>
internal static class SubresourceHandler
{
    public static Task HandleAsync(ResourceRequest request)
    {
        var name = request.Info.Subresource;
        if (request.Resource.Subresource(name) is not { } subresource)
        {
            throw request.Resource.IsCustom
                ? ApiStatusException.NotFound(request.Resource.Group, request.Resource.Plural, request.Info.Name)
                : ApiStatusException.NoSuchPath();
        }
        var verb = request.Http.Request.Method switch
        {
            "GET" => "get",
            "PUT" => "update",
            "PATCH" => "patch",
            "POST" => "create",
            "DELETE" => "delete",
            _ => "",
        };
        if (!subresource.Verbs.Contains(verb))
            throw StatusResponse.MethodNotAllowed();
        return (name, verb) switch
        {
            ("scale", _) => ScaleHandler.HandleAsync(request),
            ("status", "get") => ResourceHandler.GetAsync(request),
            ("status" or "finalize" or "ephemeralcontainers" or "resize" or "approval", "update") => ResourceHandler.UpdateAsync(request, name),
            ("status" or "ephemeralcontainers" or "resize" or "approval", "patch") => ResourceHandler.PatchAsync(request, name),
            ("ephemeralcontainers" or "resize" or "approval", "get") => ResourceHandler.GetAsync(request),
            ("binding", "create") => PodActions.BindAsync(request),
            ("eviction", "create") => PodActions.EvictAsync(request),
            _ => throw NotHere(request, name),
        };
    }

    /// <summary>Logs, exec, proxies and the like need a kubelet, tokens and signatures a controller manager; neither is behind this server.</summary>
    private static ApiStatusException NotHere(ResourceRequest request, string name) =>
        new(new ApiStatus(501, "NotImplemented", $"{request.Resource.Qualified}/{name} is not served by an embedded API server")
        {
            Group = request.Resource.Group,
            Kind = request.Resource.Plural,
            Name = request.Info.Name,
        });
}
