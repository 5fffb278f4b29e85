using Flotilla.ApiServer.Requests;

namespace Flotilla.ApiServer.Authorization;

/// <summary>What rules are compared with: a request without its user. The resource includes the subresource, as <c>pods/log</c>.</summary>
internal readonly record struct AccessQuestion(
    bool IsResource, string Verb, string Group, string Resource, string Subresource, string Name, string Namespace, string Path)
{
    public static AccessQuestion Of(RequestInfo request) => new(
        request.IsResource,
        request.Verb,
        request.Group,
        request.Subresource.Length == 0 ? request.Resource : $"{request.Resource}/{request.Subresource}",
        request.Subresource,
        request.Name,
        request.Namespace,
        request.Path);
}
