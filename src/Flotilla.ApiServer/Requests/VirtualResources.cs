using Flotilla.ApiServer.Resources;

namespace Flotilla.ApiServer.Requests;

/// <summary>Resources that are questions: a POST is answered at once and nothing is stored.</summary>
internal static class VirtualResources
{
    public static Func<ResourceRequest, Task>? Find(ServedResource resource) => resource.Serves("get") || resource.Serves("list") ? null : resource.Qualified switch
    {
        _ => _ => throw StatusResponse.MethodNotAllowed(),
    };
}
