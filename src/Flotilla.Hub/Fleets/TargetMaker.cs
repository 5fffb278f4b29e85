using Flotilla.Api.Sync;
using Flotilla.Core.Fleets;
using Flotilla.Core.Sites;
using Flotilla.Hub.Ledger;

namespace Flotilla.Hub.Fleets;

/// <summary>Makes what a fleet decided into signed targets.</summary>
internal sealed class TargetMaker(HubSigning signing, ILedger ledger)
{
    private static readonly int AtOnce = Math.Max(2, Environment.ProcessorCount);

    public HubSigning Signing => signing;

    /// <summary>One target for each site that something is done about.</summary>
    /// <param name="plans">Plans of the sites that may get something.</param>
    public async Task<IReadOnlyList<StoredTarget>> MakeAsync(
        string fleet, WindowSet windows, IReadOnlyList<FleetAction> actions, IReadOnlyDictionary<Flotilla.Api.Sites.SiteName, (FleetSite Site, SitePlan Plan, bool Paused)> plans, DateTimeOffset now, CancellationToken cancellation)
    {
        var groups = actions.GroupBy(a => a.Site).ToList();
        var made = new StoredTarget[groups.Count];
        await Parallel.ForAsync(0, groups.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (i, c) =>
        {
            var (site, plan, paused) = plans[groups[i].Key];
            var target = Target(fleet, site, groups[i], now);
            var state = new DesiredState
            {
                Hub = signing.Hub,
                Site = site.Name.ToString(),
                Epoch = target.Epoch,
                Grant = signing.Grant,
                Home = signing.Home,
                Sequence = target.Sequence,
                Issued = now,
                Stage = target.Stage,
                Permit = target.Permit,
                Paused = paused,
                Windows = windows.Windows,
                TimeZone = windows.ZoneOf(plan.Site),
                Freezes = windows.Freezes,
                Sealed = await SealAsync(site, plan, c),
                Sync = plan.Policy,
            };
            made[i] = target with { Envelope = signing.Sign(state) };
        });
        return made;
    }

    private StoredTarget Target(string fleet, FleetSite site, IEnumerable<FleetAction> actions, DateTimeOffset now)
    {
        var facts = site.Facts!;
        var target = new StoredTarget
        {
            Site = site.Name,
            Fleet = fleet,
            Stage = facts.Stage,
            Permit = facts.Permit,
            PreviousGood = facts.PreviousGood,
            Permitted = facts.Permitted,
            Epoch = signing.Epoch,
            Sequence = facts.Sequence + 1,
            Inputs = site.Inputs,
            Envelope = [],
        };
        foreach (var action in actions)
        {
            target = action switch
            {
                FleetAction.Stage stage => target with { Stage = stage.Release, Permit = null, Permitted = null, PreviousGood = Good(facts) },
                FleetAction.Permit permit => target with { Permit = permit.Leave, Permitted = now },
                FleetAction.Withdraw => target with { Permit = null, Permitted = null },
                _ => target,
            };
        }
        return target;
    }

    /// <summary>What the site runs as a whole is what it may go back to.</summary>
    private static ReleaseTarget? Good(SiteFacts facts) =>
        facts.Stage is { } stage && facts.Runs(stage) ? stage : facts.PreviousGood;

    private async ValueTask<IReadOnlyList<SealedValue>> SealAsync(FleetSite site, SitePlan plan, CancellationToken cancellation)
    {
        if (plan.Sealed.Count == 0 || await ledger.KeysAsync(site.Name, cancellation) is not { } keys)
            return [];
        return [.. plan.Sealed.Select(s => new SealedValue(s.Name, signing.Seal(keys.SealingKey, s.Value, s.Name)))];
    }
}
