using System.Collections.Concurrent;
using Flotilla.Api;
using Flotilla.Api.Sites;
using Flotilla.Core;
using Flotilla.Core.Sites;
using Flotilla.Hub.Fleets;
using Flotilla.Hub.Hosting;
using Flotilla.Kubernetes.Client;

namespace Flotilla.Hub.Sites;

/// <summary>Keeps the status of sites: a mirror of the ledger and of what fleets decide.</summary>
internal sealed class SiteReconciler(
    Func<SiteName, Site?> declared, FactsBook facts, FleetMembership membership, OutlookBook outlooks, StatusWriter status, TimeProvider time)
{
    private static readonly TimeSpan BetweenWrites = TimeSpan.FromSeconds(1);

    /// <summary>What was written, until the API tells it back.</summary>
    private readonly ConcurrentDictionary<SiteName, Written> written = new();

    /// <summary>The API told what it has.</summary>
    public void Seen(SiteName site, SiteStatus? status)
    {
        if (written.TryGetValue(site, out var mine) && (status is null || Same(mine.Status, status)))
            written.TryRemove(KeyValuePair.Create(site, mine));
    }

    public async Task<NextLook> ReconcileAsync(SiteName name, CancellationToken cancellation)
    {
        if (declared(name) is not { } site)
        {
            written.TryRemove(name, out _);
            return new NextLook.OnChange();
        }
        var fleets = membership.FleetsOf(name);
        var outlook = outlooks.Find(name);
        // Its fleet decides soon; until then nothing is known that should be told.
        if (outlook is null && fleets.Count == 1)
            return new NextLook.OnChange();
        var before = written.GetValueOrDefault(name);
        if (before is not null)
            site = site with { Status = before.Status };
        var now = time.GetUtcNow();
        var decision = SiteDecision.Decide(new SiteObservation { Site = site, Facts = facts.Find(name), Fleets = fleets, Outlook = outlook }, now);
        if (decision.Actions.Count == 0)
            return decision.Next;
        // Progress at a site comes in small steps; the API is told at most once in a while.
        if (before is not null && now - before.At < BetweenWrites)
            return new NextLook.After(before.At + BetweenWrites - now, "the status was written just now");
        await status.WriteAsync(HubResources.Sites, new ObjectKey(name.Namespace, name.Name), decision.Status, ApiJson.Default.SiteStatus, cancellation);
        written[name] = new Written(decision.Status, now);
        return decision.Next;
    }

    private static bool Same(SiteStatus a, SiteStatus b) =>
        a.LastSeen == b.LastSeen && a.Target == b.Target && a.Applied == b.Applied && a.Agent == b.Agent && a.Kubernetes == b.Kubernetes && a.Conditions.SequenceEqual(b.Conditions);

    private sealed record Written(SiteStatus Status, DateTimeOffset At);
}
