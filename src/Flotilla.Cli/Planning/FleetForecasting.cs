using Flotilla.Api;
using Flotilla.Api.Fleets;
using Flotilla.Api.Rollouts;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Cli.Connections;
using Flotilla.Core.Fleets;
using Flotilla.Core.Releases;
using Flotilla.Core.Rollouts;
using Flotilla.Core.Rollouts.Forecasts;
using Flotilla.Core.Sites;
using Flotilla.Core.Windows;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Planning;

/// <summary>Foresees the rollouts that a proposal would begin, as if they began now.</summary>
internal sealed class FleetForecasting(HubConnection hub, DeclaredWorld world, ForecastAssumptions assumptions, TimeProvider time)
{
    private readonly ReleaseCache releases = new();

    /// <summary>The forecast of a fleet's next rollout.</summary>
    /// <param name="fleet">The fleet as it would be declared.</param>
    /// <param name="before">What its sites have, where that compiles.</param>
    /// <param name="after">What they would get.</param>
    public async Task<Forecast> MakeAsync(Fleet fleet, Revision? before, Revision after, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var (ns, name) = (fleet.Metadata.Namespace, fleet.Metadata.Name);
        var facts = await FactsAsync(ns, name, cancellation);
        var took = ForecastFacts.Took([], await PastAsync(ns, fleet.Status?.Rollout, cancellation));
        var calendars = new Dictionary<string, MaintenanceCalendar?>(StringComparer.Ordinal);
        var sites = new List<ForecastSite>();
        var labels = new Dictionary<SiteName, IReadOnlyDictionary<string, string>>();
        foreach (var site in Membership.Of(fleet, world).OrderBy(s => s.Metadata.Name, StringComparer.Ordinal))
        {
            var key = new SiteName(ns, site.Metadata.Name);
            labels[key] = site.Metadata.Labels;
            var known = facts.GetValueOrDefault(key) ?? FactsOf(key, site.Status, now);
            var outcome = releases.Get(after, SiteInputs.Of(site));
            sites.Add(ForecastFacts.Site(
                new FleetSite
                {
                    Name = key,
                    Paused = site.Spec.Paused,
                    ExpectedAway = LinkExpectation.ExpectedAway(site.Spec.Link),
                    Facts = known,
                    Release = outcome.Release is { } made ? new ReleaseTarget(after.Digest, made.Digest) : null,
                    Problem = outcome.Release is null ? new FleetProblem(Reasons.ParametersInvalid, string.Join("; ", outcome.Problems.Take(3)), Stalled: true) : null,
                    Calendar = CalendarOf(fleet, site, calendars),
                },
                site.Spec.Link, Missing(site, before, outcome.Release, known), took(key)));
        }
        var strategy = StrategyOf(fleet);
        var terms = RolloutTermsReading.Terms(strategy);
        var (record, members) = RolloutStart.Freeze(
            NextName(fleet), name, after.Digest, fleet.Status?.Revision?.Good, RolloutTermsReading.Write(strategy), terms, [.. sites.Select(s => s.Site!)], s => labels[s.Name], now);
        return RolloutForecast.Of(
            new ForecastInput
            {
                Record = record,
                Terms = terms,
                Members = members,
                Sites = sites,
                FleetHeld = fleet.Spec.Paused ? new FleetProblem(Reasons.Paused, "The fleet is paused.", Stalled: false) : null,
                CatchUp = RolloutTermsReading.CatchUp(strategy),
                Assumptions = assumptions,
            },
            now);
    }

    /// <summary>Sites as the hub knows them; those that are in the middle of something are taken for being through with it.</summary>
    private async Task<Dictionary<SiteName, SiteFacts>> FactsAsync(string ns, string fleet, CancellationToken cancellation)
    {
        var gateway = await hub.GatewayAsync(cancellation);
        var found = new Dictionary<SiteName, SiteFacts>();
        foreach (var node in (await gateway.FindAsync($"/v1/namespaces/{ns}/fleets/{fleet}/sites", cancellation)).Array("sites") ?? [])
        {
            if (SiteName.TryParse(node.String("site")) is not { } site)
                continue;
            found[site] = new SiteFacts
            {
                Site = site,
                Enrolled = node.Member("enrolled").AsBoolOrNull() == true,
                LastSeen = DateTimeOffset.TryParse(node.String("lastSeen"), System.Globalization.CultureInfo.InvariantCulture, out var seen) ? seen : null,
                AppliedRelease = node.String("appliedRelease"),
                AppliedRevision = node.String("appliedRevision"),
                Phase = SitePhase.Settled,
                Healthy = true,
                Fleet = fleet,
            };
        }
        return found;
    }

    /// <summary>What its object says of a site that the fleet has not given anything yet.</summary>
    private static SiteFacts FactsOf(SiteName name, SiteStatus? status, DateTimeOffset now) => new()
    {
        Site = name,
        Enrolled = Is(status, "Enrolled"),
        LastSeen = Is(status, "Connected") ? now : status?.LastSeen,
        AppliedRelease = status?.Applied?.Release,
        AppliedRevision = status?.Applied?.Revision,
        Phase = SitePhase.Settled,
        Healthy = true,
    };

    private static bool Is(SiteStatus? status, string condition) => status?.Conditions.Any(c => c.Type == condition && c.Status == ConditionStatus.True) == true;

    /// <summary>The sites of the fleet's last rollout; none where the hub keeps nothing of it, or the user may not see it.</summary>
    private async Task<IReadOnlyList<RolloutMember>> PastAsync(string ns, string? rollout, CancellationToken cancellation)
    {
        if (rollout is null)
            return [];
        var gateway = await hub.GatewayAsync(cancellation);
        var sites = (await gateway.RolloutSitesAsync(ns, rollout, cancellation)).Array("sites") ?? [];
        return [.. sites.Select(s => RolloutJson.ReadMember(s!.ToJsonString()))];
    }

    private RolloutStrategySpec StrategyOf(Fleet fleet) => fleet.Spec.Rollout.Strategy is not { } name ? fleet.Spec.Rollout
        : world.Strategies.FirstOrDefault(s => s.Metadata.Namespace == fleet.Metadata.Namespace && s.Metadata.Name == name)?.Spec
            ?? throw new CommandException($"Fleet {fleet.Metadata.Name}: there is no RolloutStrategy {name} in namespace {fleet.Metadata.Namespace}");

    private MaintenanceCalendar? CalendarOf(Fleet fleet, Site site, Dictionary<string, MaintenanceCalendar?> made)
    {
        if (fleet.Spec.Windows.Count == 0 && fleet.Spec.Freezes.Count == 0)
            return null;
        var zone = site.Spec.Location?.TimeZone;
        if (made.TryGetValue(zone ?? "", out var calendar))
            return calendar;
        var windows = world.Windows.Where(w => w.Metadata.Namespace == fleet.Metadata.Namespace && fleet.Spec.Windows.Contains(w.Metadata.Name)).ToList();
        var missing = fleet.Spec.Windows.Except(windows.Select(w => w.Metadata.Name), StringComparer.Ordinal).ToList();
        return made[zone ?? ""] = missing.Count > 0
            ? MaintenanceCalendar.Closed(Reasons.NoSuchWindow, $"spec.windows: there is no MaintenanceWindow {string.Join(", ", missing)}: declare it, or take its name out.")
            : MaintenanceCalendar.Make([.. windows.Select(w => w.Spec)], zone, fleet.Spec.Freezes, static id => TimeZoneInfo.TryFindSystemTimeZoneById(id, out var found) ? found : null);
    }

    /// <summary>What a site has to fetch: all that its present release does not have.</summary>
    private long Missing(Site site, Revision? before, Release? after, SiteFacts facts)
    {
        if (after is null || facts.AppliedRelease == after.Digest)
            return 0;
        var had = before is not null && facts.AppliedRevision == before.Digest ? releases.Get(before, SiteInputs.Of(site)).Release : null;
        var there = (had?.Blobs ?? []).Select(b => b.Digest).ToHashSet(StringComparer.Ordinal);
        return after.Manifest.Length + after.Blobs.Where(b => !there.Contains(b.Digest)).DistinctBy(b => b.Digest).Sum(b => (long)b.Bytes.Length);
    }

    /// <summary>The name that its next rollout gets: parts of a fleet are drawn by it.</summary>
    private static string NextName(Fleet fleet)
    {
        var last = fleet.Status?.Rollout is { } name && name.StartsWith($"{fleet.Metadata.Name}-", StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(fleet.Metadata.Name.Length + 1), System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : 0;
        return FleetCourse.NextName(fleet.Metadata.Name, new FleetMemory { Count = last });
    }
}
