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
    Func<SiteName, Site?> declared, FactsBook facts, FleetMembership membership, OutlookBook outlooks, StatusWriter status, SiteFinalizer finalizer,
    TimeProvider time)
{
    private static readonly TimeSpan Gather = TimeSpan.FromSeconds(1);

    /// <summary>What was written, until the API tells it back.</summary>
    private readonly ConcurrentDictionary<SiteName, SiteStatus> written = new();

    /// <summary>Since when the API does not know the latest.</summary>
    private readonly ConcurrentDictionary<SiteName, DateTimeOffset> untold = new();

    /// <summary>The API told what it has.</summary>
    public void Seen(SiteName site, SiteStatus? status)
    {
        if (written.TryGetValue(site, out var mine) && (status is null || Same(mine, status)))
            written.TryRemove(KeyValuePair.Create(site, mine));
    }

    public async Task<NextLook> ReconcileAsync(SiteName name, CancellationToken cancellation)
    {
        if (declared(name) is not { } site)
        {
            written.TryRemove(name, out _);
            untold.TryRemove(name, out _);
            return new NextLook.OnChange();
        }
        if (SiteRemoval.Decide(site, facts.Find(name)) is { } action)
            return await finalizer.ActAsync(name, site, action, cancellation);
        if (site.Metadata.DeletionTimestamp is not null)
            return new NextLook.OnChange();
        var fleets = membership.FleetsOf(name);
        var outlook = outlooks.Find(name);
        // Its fleet decides soon; until then nothing is known that should be told.
        if (outlook is null && fleets.Count == 1)
            return new NextLook.OnChange();
        if (written.GetValueOrDefault(name) is { } before)
            site = site with { Status = before };
        var now = time.GetUtcNow();
        var decision = SiteDecision.Decide(new SiteObservation { Site = site, Facts = facts.Find(name), Fleets = fleets, Outlook = outlook }, now);
        if (decision.Actions.Count == 0)
        {
            untold.TryRemove(name, out _);
            return decision.Next;
        }
        // Progress comes in small steps at many sites at once. To tell of each would take more than all the rest of a roll-out, and at its busiest moment.
        if (site.Status is not null && untold.GetOrAdd(name, now) + Gather is var due && now < due)
            return new NextLook.After(due - now, "more may change soon");
        untold.TryRemove(name, out _);
        await status.WriteAsync(HubResources.Sites, new ObjectKey(name.Namespace, name.Name), decision.Status, ApiJson.Default.SiteStatus, cancellation);
        written[name] = decision.Status;
        return decision.Next;
    }

    private static bool Same(SiteStatus a, SiteStatus b) =>
        a.LastSeen == b.LastSeen && a.Target == b.Target && a.Applied == b.Applied && a.Agent == b.Agent && a.Kubernetes == b.Kubernetes && a.Conditions.SequenceEqual(b.Conditions);
}
