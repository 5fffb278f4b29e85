using Flotilla.Api.Components;
using Flotilla.Api.Fleets;
using Flotilla.Api.Rollouts;
using Flotilla.Api.Sites;
using Flotilla.Api.Stacks;
using Flotilla.Content;
using Flotilla.Core.Releases;
using Flotilla.Core.Sites;
using Flotilla.Hub.Components;
using Flotilla.Hub.Fleets;
using Flotilla.Hub.Rollouts;
using Flotilla.Hub.Ledger;
using Flotilla.Hub.Restores;
using Flotilla.Hub.Sites;
using Flotilla.Hub.Stacks;
using Flotilla.Kubernetes.Client;
using Microsoft.Extensions.Logging;

namespace Flotilla.Hub.Hosting;

/// <summary>The controllers of a hub, and what makes them look.</summary>
internal sealed class HubControllers : IDeclarationHandler, IDisposable
{
    private const int SiteWriters = 8;
    private const int Compilers = 2;
    private const int FleetWorkers = 4;
    private const int GateWorkers = 4;

    private readonly Declarations declarations;
    private readonly FactsBook facts;
    private readonly LeasedFleets? leases;
    private readonly FleetMembership membership = new();
    private readonly SitePlanner planner;
    private readonly SiteReconciler siteReconciler;
    private readonly FleetReconciler fleetReconciler;
    private readonly SourceFetcher fetcher;
    private readonly ReconcileLoop<SiteName> sites;
    private readonly ReconcileLoop<ObjectKey> fleets;
    private readonly ReconcileLoop<ObjectKey> fleetStatuses;
    private readonly ReconcileLoop<ObjectKey> rollouts;
    private readonly ReconcileLoop<GateAsked> gates;
    private readonly RolloutNews news;
    private readonly ReconcileLoop<ObjectKey> stacks;
    private readonly ReconcileLoop<ObjectKey> components;
    private readonly IDisposable subscription;

    public HubControllers(
        KubernetesClient api, ILedger ledger, IContentStore content, HubSigning signing, HubStanding standing, LeasedFleets? leases, HttpMessageInvoker? web, HttpMessageInvoker? hookWire, string? mirror,
        TimeProvider time, Random random, ILoggerFactory logging)
    {
        this.leases = leases;
        var status = new StatusWriter(api);
        var logger = logging.CreateLogger("Flotilla.Hub");
        var (outlooks, revisions, store, library) = (new OutlookBook(), new RevisionBook(), new ReleaseStore(content), new RevisionLibrary(content, logger));
        declarations = new Declarations(api, this, time, random, logger);
        facts = new FactsBook(ledger, OnFacts, time, logger);
        fetcher = new SourceFetcher(content, web, mirror, OnSource, time, logger);
        planner = new SitePlanner(new ReleaseCache(), store, declarations.Secrets.Find);
        var statuses = new FleetStatusBook(status, declarations.Fleets.Find, key => fleetStatuses!.Add(key), time);
        siteReconciler = new SiteReconciler(SiteOf, facts, membership, outlooks, status, new SiteFinalizer(api, ledger), time);
        var hooks = new RolloutHooks(hookWire, declarations.Hooks.Find, time);
        var book = new RolloutBook(api, status, declarations.Rollouts.Find, key => rollouts!.Add(key), time);
        var gateBook = new GateBook(question => gates!.Add(question), time);
        var windows = new FleetWindows(declarations.Windows.Find);
        news = new RolloutNews(api, hooks, time, logger);
        var asked = new RolloutDeclarations(declarations.Rollouts.Find, declarations.Strategies.Find, declarations.Approvals.Snapshot);
        var observer = new FleetObserver(SiteOf, membership, facts, library, planner, signing);
        Forecasts = new RolloutForecasts(declarations.Fleets.Find, asked, observer, windows, gateBook, ledger, content, revisions, standing, time);
        fleetReconciler = new FleetReconciler(
            declarations.Fleets.Find, asked, observer, membership, facts, revisions, planner, new TargetMaker(signing, ledger), ledger, standing,
            leases ?? (IFleetTerms)new SoleHub(), outlooks, statuses, book, gateBook, windows, news, site => sites!.Add(site), LeaveIfGone, time, logger);
        var asker = new GateAsker(hooks, gateBook, key => fleets!.Add(key), time);
        var stackReconciler = new StackReconciler(
            declarations.Stacks.Find, declarations.Components.Find, content, store, revisions, library, status, OnCompiled, time);
        var componentReconciler = new ComponentReconciler(declarations.Components.Find, content, fetcher, status, time);
        sites = new ReconcileLoop<SiteName>("site", SiteWriters, siteReconciler.ReconcileAsync, time, logger);
        fleets = new ReconcileLoop<ObjectKey>("fleet", FleetWorkers, fleetReconciler.ReconcileAsync, time, logger, rests: true);
        fleetStatuses = new ReconcileLoop<ObjectKey>("status of fleet", FleetWorkers, statuses.WriteAsync, time, logger);
        rollouts = new ReconcileLoop<ObjectKey>("rollout", FleetWorkers, book.WriteAsync, time, logger);
        gates = new ReconcileLoop<GateAsked>("gate", GateWorkers, asker.AskAsync, time, logger);
        stacks = new ReconcileLoop<ObjectKey>("stack", Compilers, stackReconciler.ReconcileAsync, time, logger);
        components = new ReconcileLoop<ObjectKey>("component", Compilers, componentReconciler.ReconcileAsync, time, logger);
        subscription = ledger.Subscribe(change =>
        {
            // Held, or not any more.
            if (change.Kind == LedgerChangeKind.Hub)
                fleets.AddAll(declarations.Fleets.Snapshot().Select(f => f.Key));
        });
    }

    /// <summary>Forecasts of rollouts, by what these controllers know.</summary>
    public RolloutForecasts Forecasts { get; }

    /// <summary>Works until cancelled.</summary>
    /// <param name="synced">Told when everything that was declared is known.</param>
    public async Task RunAsync(Action synced, CancellationToken cancellation)
    {
        await facts.LoadAsync(cancellation);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var following = declarations.RunAsync(ending.Token);
        await Task.WhenAny(declarations.HasSynced, following);
        synced();
        Task[] all =
        [
            following, facts.RunAsync(ending.Token), fetcher.RunAsync(ending.Token), components.RunAsync(ending.Token), stacks.RunAsync(ending.Token),
            fleets.RunAsync(ending.Token), fleetStatuses.RunAsync(ending.Token), rollouts.RunAsync(ending.Token), gates.RunAsync(ending.Token),
            news.RunAsync(ending.Token), sites.RunAsync(ending.Token), .. leases is null ? [] : new[] { leases.RunAsync(ending.Token) },
        ];
        // None ends by itself: the first that does takes the others along, and its failure is told.
        var first = await Task.WhenAny(all);
        await ending.CancelAsync();
        await Task.WhenAll(all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }

    /// <summary>A lease was won or lost.</summary>
    public void TermChanged(ObjectKey fleet)
    {
        fleetReconciler.Forget(fleet);
        fleets.Add(fleet);
    }

    public void OnSite(ObjectKey key, Site? before, Site? after)
    {
        var name = new SiteName(key.Namespace, key.Name);
        siteReconciler.Seen(name, after?.Status);
        if (before is null || after is null || before.Metadata.Generation != after.Metadata.Generation || before.Metadata.Uid != after.Metadata.Uid
            || before.Metadata.DeletionTimestamp != after.Metadata.DeletionTimestamp || !SitePlanner.SameLabels(before.Metadata.Labels, after.Metadata.Labels))
        {
            // What is being deleted gets nothing more.
            fleets.AddAll(membership.Put(name, after?.Metadata.DeletionTimestamp is null ? after : null));
        }
        if (after is null)
            planner.Forget(name);
        sites.Add(name);
    }

    public void OnFleet(ObjectKey key, Fleet? before, Fleet? after)
    {
        if (before is not null && after is not null && before.Metadata.Generation == after.Metadata.Generation && before.Metadata.Uid == after.Metadata.Uid)
        {
            if (before.Metadata.Annotations.GetValueOrDefault(RolloutDeclarations.LiftQuarantine) != after.Metadata.Annotations.GetValueOrDefault(RolloutDeclarations.LiftQuarantine))
                fleets.Add(key);
            return;
        }
        var touched = membership.Put(key, after);
        fleets.Add(key);
        // Who holds the lease of one that was deleted ends what it left behind, and gives it back then.
        if (after is null && leases?.Find(key) is null)
            leases?.Leave(key);
        if (after is not null)
        {
            leases?.Enter(key);
            stacks.Add(new ObjectKey(key.Namespace, after.Spec.Stack));
        }
        // Where fleets overlap, or did, the others have a say as well.
        fleets.AddAll(touched.SelectMany(membership.FleetsOf).Distinct().Select(name => new ObjectKey(key.Namespace, name)));
        foreach (var site in touched)
            sites.Add(site);
    }

    public void OnStack(ObjectKey key, Stack? before, Stack? after)
    {
        if (before?.Metadata.Generation != after?.Metadata.Generation || before?.Metadata.Uid != after?.Metadata.Uid)
            stacks.Add(key);
    }

    public void OnComponent(ObjectKey key, Component? before, Component? after)
    {
        if (before?.Metadata.Generation == after?.Metadata.Generation && before?.Metadata.Uid == after?.Metadata.Uid)
            return;
        components.Add(key);
        stacks.AddAll(declarations.Stacks.Snapshot().Where(s => s.Key.Namespace == key.Namespace && Uses(s.Value, key.Name)).Select(s => s.Key));
    }

    public void OnRollout(ObjectKey key, Rollout? before, Rollout? after)
    {
        // Its status is the hub's own word; what people ask is in its spec, and one that was deleted is made again while it is the fleet's newest.
        if (before is not null && after is not null && before.Metadata.Generation == after.Metadata.Generation)
            return;
        rollouts.Add(key);
        if ((after ?? before)?.Spec.Fleet is not { Length: > 0 } name)
            return;
        var fleet = new ObjectKey(key.Namespace, name);
        fleets.Add(fleet);
        // Its fleet may have been deleted while no hub ran: somebody has to end it.
        if (after is { Status: null or { Ended: null } } && declarations.Fleets.Find(fleet) is null)
            leases?.Enter(fleet);
    }

    public void OnStrategy(ObjectKey key, RolloutStrategy? before, RolloutStrategy? after) => LookAtFleets(key.Namespace, f => f.Spec.Rollout.Strategy == key.Name);

    public void OnWindow(ObjectKey key, MaintenanceWindow? before, MaintenanceWindow? after) => LookAtFleets(key.Namespace, f => f.Spec.Windows.Contains(key.Name));

    public void OnApproval(ObjectKey key, Approval? before, Approval? after)
    {
        if (after is not null && declarations.Rollouts.Find(new ObjectKey(key.Namespace, after.Spec.Rollout))?.Spec.Fleet is { } fleet)
            fleets.Add(new ObjectKey(key.Namespace, fleet));
    }

    /// <summary>Who asks next, reads it.</summary>
    public void OnHook(ObjectKey key, HookSecret? before, HookSecret? after)
    {
    }

    public void OnSecret(ObjectKey key, OpenedSecret? before, OpenedSecret? after)
    {
        planner.SecretsChanged();
        fleets.AddAll(declarations.Fleets.Snapshot().Where(f => f.Key.Namespace == key.Namespace).Select(f => f.Key));
    }

    public void Dispose()
    {
        subscription.Dispose();
        facts.Dispose();
        fetcher.Dispose();
        sites.Dispose();
        fleets.Dispose();
        fleetStatuses.Dispose();
        rollouts.Dispose();
        gates.Dispose();
        stacks.Dispose();
        components.Dispose();
    }

    private void LeaveIfGone(ObjectKey fleet)
    {
        // It may be declared again by now.
        if (declarations.Fleets.Find(fleet) is null)
            leases?.Leave(fleet);
    }

    private void LookAtFleets(string ns, Func<Fleet, bool> which) =>
        fleets.AddAll(declarations.Fleets.Snapshot().Where(f => f.Key.Namespace == ns && which(f.Value)).Select(f => f.Key));

    private static bool Uses(Stack stack, string component) => stack.Spec.Slots.Any(s => s.Use.Any(u => u.Component == component));

    private Site? SiteOf(SiteName name) => declarations.Sites.Find(new ObjectKey(name.Namespace, name.Name));

    private void OnFacts(SiteName name, SiteFacts? before, SiteFacts? after)
    {
        sites.Add(name);
        // A sign of life matters to its fleet only when there was none within the site's time.
        if (after is not null && before is not null && before with { LastSeen = after.LastSeen } == after
            && SiteOf(name) is { } site && after.LastSeen - before.LastSeen <= LinkExpectation.ExpectedAway(site.Spec.Link))
        {
            return;
        }
        fleets.AddAll(membership.FleetsOf(name).Select(fleet => new ObjectKey(name.Namespace, fleet)));
    }

    private void OnCompiled(ObjectKey stack) =>
        fleets.AddAll(declarations.Fleets.Snapshot().Where(f => f.Key.Namespace == stack.Namespace && f.Value.Spec.Stack == stack.Name).Select(f => f.Key));

    private void OnSource(Digest digest)
    {
        var text = digest.ToString();
        foreach (var (key, component) in declarations.Components.Snapshot())
        {
            if (!component.Spec.Versions.Any(v => SourceDigests.Of(v.Source).Contains(text)))
                continue;
            components.Add(key);
            stacks.AddAll(declarations.Stacks.Snapshot().Where(s => s.Key.Namespace == key.Namespace && Uses(s.Value, key.Name)).Select(s => s.Key));
        }
    }
}
