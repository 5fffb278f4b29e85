using Flotilla.Core;
using Flotilla.Core.Rollouts.Forecasts;
using Flotilla.Hub.Rollouts;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;
using Microsoft.AspNetCore.Http;

namespace Flotilla.Hub.Gateway;

/// <summary>When a rollout would be through, for people who may see it. Made anew at each request, one at a time: it costs more than a read.</summary>
internal sealed class ForecastEndpoint(KubernetesAccess access, Func<RolloutForecasts?> forecasts) : IDisposable
{
    private const string NeverText = "never";
    private readonly SemaphoreSlim turn = new(1);

    public async Task HandleAsync(HttpContext http, string ns, string rollout)
    {
        await access.DemandAsync(http, new AccessWish("get", "rollouts", null, ns, rollout));
        var assumptions = new ForecastAssumptions { Approval = Delay(http.Request, "approvals"), Webhook = Delay(http.Request, "webhooks") };
        if (forecasts() is not { } makes)
            throw new ApiStatusException(new ApiStatus(503, "ServiceUnavailable", "this hub does not know everything that is declared yet") { RetryAfterSeconds = 5 });
        await turn.WaitAsync(http.RequestAborted);
        try
        {
            var forecast = await makes.MakeAsync(new ObjectKey(ns, rollout), assumptions, http.RequestAborted)
                ?? throw new ApiStatusException(new ApiStatus(404, "NotFound", $"nothing is kept of a rollout {ns}/{rollout}, or its fleet is gone") { Group = "flotilla.dev", Kind = "rollouts", Name = rollout });
            await GatewayResponse.WriteAsync(http, forecast, ForecastJson.Default.Forecast);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    /// <summary>After how long somebody says yes: at once when nothing is said; null for never.</summary>
    private static TimeSpan? Delay(HttpRequest request, string name)
    {
        var text = request.Query[name].ToString();
        return text.Length == 0 ? TimeSpan.Zero
            : text == NeverText ? null
            : DeclaredDuration.Parse(text) ?? throw ApiStatusException.BadRequest($"{name}: \"{text}\" is no duration as 24h, and not {NeverText}");
    }
}
