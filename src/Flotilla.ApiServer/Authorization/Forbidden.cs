using Flotilla.ApiServer.Authentication;
using Flotilla.ApiServer.Requests;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.ApiServer.Authorization;

/// <summary>The answer 403 in the words of kube-apiserver.</summary>
internal static class Forbidden
{
    /// <summary>The failure of a request that the user may not make; the reason is added when there is one.</summary>
    public static ApiStatusException Of(UserInfo user, RequestInfo request, string reason)
    {
        var why = Sentence(user, request);
        if (reason.Length > 0)
            why = $"{why}: {reason}";
        return request.IsResource
            ? ApiStatusException.Forbidden(request.Group, request.Resource, request.Name, why)
            : new ApiStatusException(new ApiStatus(403, "Forbidden", $"forbidden: {why}"));
    }

    private static string Sentence(UserInfo user, RequestInfo request)
    {
        var name = FieldError.Quote(user.Name);
        if (!request.IsResource)
            return $"User {name} cannot {request.Verb} path {FieldError.Quote(request.Path)}";
        var resource = request.Subresource.Length == 0 ? request.Resource : $"{request.Resource}/{request.Subresource}";
        var where = request.Namespace.Length == 0 ? "at the cluster scope" : $"in the namespace {FieldError.Quote(request.Namespace)}";
        return $"User {name} cannot {request.Verb} resource {FieldError.Quote(resource)} in API group {FieldError.Quote(request.Group)} {where}";
    }
}
