using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Flotilla.EndToEnd.Agents;
using Flotilla.EndToEnd.Fleets;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;

namespace Flotilla.EndToEnd.Rollouts;

/// <summary>The networks of the sites do what policies in their clusters say: one that lets nobody send cuts the site's line to the hub, too.</summary>
internal sealed class SiteNetworks : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<int, bool> cut = new();
    private readonly ConcurrentDictionary<int, bool> repaired = new();
    private readonly FleetGround ground;
    private readonly Task following;

    public SiteNetworks(FleetGround ground)
    {
        this.ground = ground;
        following = Task.WhenAll(ground.Lines.Select((line, i) => FollowAsync(i + 1, line)));
    }

    public static ResourceReference Policies { get; } = new("networking.k8s.io", "v1", "networkpolicies", true, "NetworkPolicy");

    /// <summary>Sites whose line was ever cut.</summary>
    public IReadOnlyList<int> Cut => [.. cut.Keys.Order()];

    /// <summary>Whether a policy lets nobody send.</summary>
    public static bool IsClosed(JsonObject policy) =>
        (policy.Object("spec").Array("policyTypes") ?? []).Any(type => type.AsStringOrNull() == "Egress") && (policy.Object("spec").Array("egress")?.Count ?? 0) == 0;

    /// <summary>Somebody goes there and gives the site another way out.</summary>
    public void Repair(int site)
    {
        repaired[site] = true;
        ground.Lines[site - 1].Mend();
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task FollowAsync(int site, CountingProxy line)
    {
        using var cluster = ground.ClientAt(site);
        while (!stop.IsCancellationRequested)
        {
            await foreach (var change in cluster.WatchAsync(Policies, "default", new WatchOptions(), stop.Token))
            {
                if (change.Type is not (WatchEventType.Added or WatchEventType.Modified) || repaired.ContainsKey(site) || !IsClosed(change.Object))
                    continue;
                line.Cut();
                cut[site] = true;
            }
        }
    }
}
