using Flotilla.Hub.Restores;
using Flotilla.Kubernetes.Errors;
using Microsoft.AspNetCore.Http;

namespace Flotilla.Hub.Gateway;

/// <summary><c>GET /v1/hub</c> tells whether the hub is held; <c>POST /v1/hub/release</c> lifts that.</summary>
internal sealed class HoldEndpoint(KubernetesAccess access, HubStanding standing)
{
    public async Task TellAsync(HttpContext http)
    {
        await access.DemandAsync(http, new AccessWish("get", "hubs", null, "", null));
        await GatewayResponse.WriteAsync(http, await standing.NowAsync(http.RequestAborted), GatewayJson.Default.HubRecord);
    }

    public async Task ReleaseAsync(HttpContext http)
    {
        await access.DemandAsync(http, new AccessWish("update", "hubs", "hold", "", null));
        if (await standing.ReleaseAsync(http.RequestAborted) is { } refusal)
            throw new ApiStatusException(new ApiStatus(409, "Conflict", refusal));
        await TellAsync(http);
    }
}
