using System.Collections.Concurrent;
using Flotilla.Api;
using Flotilla.Api.Releases;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Core.Fleets;
using Flotilla.Core.Releases;
using Flotilla.Core.Sites;
using Flotilla.Hub.Sites;
using Flotilla.Hub.Stacks;
using Flotilla.Kubernetes.Client;

namespace Flotilla.Hub.Fleets;

/// <summary>Makes releases of sites, and puts them into the content store.</summary>
/// <param name="secret">The Secrets that are opened to sites.</param>
internal sealed class SitePlanner(ReleaseCache releases, ReleaseStore store, Func<ObjectKey, OpenedSecret?> secret)
{
    private static readonly int AtOnce = Math.Max(2, Environment.ProcessorCount);
    private readonly ConcurrentDictionary<SiteName, SitePlan[]> plans = new();
    private long secrets;

    /// <summary>Opened Secrets changed: what was made of them is looked at again.</summary>
    public void SecretsChanged() => Interlocked.Increment(ref secrets);

    public void Forget(SiteName site) => plans.TryRemove(site, out _);

    /// <summary>The plans of sites for a revision each, in the same order.</summary>
    public async Task<SitePlan[]> PlanAsync(IReadOnlyList<(Site Site, Revision Revision)> wanted, CancellationToken cancellation)
    {
        var seen = Interlocked.Read(ref secrets);
        var found = new SitePlan[wanted.Count];
        var missing = new List<int>();
        for (var i = 0; i < found.Length; i++)
        {
            var (site, revision) = wanted[i];
            if (Kept(site, revision.Digest, seen) is { } plan)
                found[i] = plan;
            else
                missing.Add(i);
        }
        await Parallel.ForEachAsync(missing, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (i, c) =>
        {
            var (site, revision) = wanted[i];
            var outcome = releases.Get(revision, SiteInputs.Of(site));
            if (outcome.Release is { } release)
                await store.KeepAsync(release, c);
            var problem = outcome.Release is null
                ? new FleetProblem(Reasons.ParametersInvalid, string.Join("; ", outcome.Problems.Take(3)), Stalled: true)
                : null;
            var target = outcome.Release is { } made ? new ReleaseTarget(revision.Digest, made.Digest) : null;
            Keep(site, found[i] = Plan(site, revision.Digest, seen, target, outcome.Release?.Document, problem));
        });
        return found;
    }

    /// <summary>The plan for a release that was made before, as it stands in the content store.</summary>
    public async Task<SitePlan> PlanAsync(Site site, ReleaseTarget release, CancellationToken cancellation)
    {
        var seen = Interlocked.Read(ref secrets);
        if (Kept(site, release.Revision, seen) is { } kept && kept.Release == release)
            return kept;
        var document = await store.ReadAsync(release.Release, cancellation);
        var problem = document is null ? new FleetProblem(Reasons.ContentMissing, $"The content of the release {release.Release} is not at hand any more.", Stalled: true) : null;
        return Plan(site, release.Revision, seen, document is null ? null : release, document, problem);
    }

    private SitePlan? Kept(Site site, string revision, long seen)
    {
        foreach (var plan in plans.GetValueOrDefault(NameOf(site)) ?? [])
        {
            if (IsOf(plan, site, revision, seen))
                return plan;
        }
        return null;
    }

    /// <summary>Two are kept for each site: what it comes from and what it goes to.</summary>
    private void Keep(Site site, SitePlan plan) =>
        plans.AddOrUpdate(NameOf(site), [plan], (_, old) => old.FirstOrDefault(p => p.Revision != plan.Revision) is { } other ? [plan, other] : [plan]);

    /// <summary>The API tells of an object anew whenever its status changes; only what is declared counts.</summary>
    private static bool IsOf(SitePlan plan, Site site, string revision, long secrets) =>
        plan.Revision == revision && plan.Secrets == secrets
        && (ReferenceEquals(plan.Site, site) || (plan.Site.Metadata.Uid == site.Metadata.Uid && plan.Site.Metadata.Generation == site.Metadata.Generation
            && SameLabels(plan.Site.Metadata.Labels, site.Metadata.Labels)));

    internal static bool SameLabels(IReadOnlyDictionary<string, string> a, IReadOnlyDictionary<string, string> b)
    {
        if (ReferenceEquals(a, b))
            return true;
        if (a.Count != b.Count)
            return false;
        foreach (var (key, value) in a)
        {
            if (!b.TryGetValue(key, out var other) || other != value)
                return false;
        }
        return true;
    }

    private SitePlan Plan(Site site, string revision, long seen, ReleaseTarget? release, ReleaseDocument? document, FleetProblem? problem)
    {
        var policy = LinkExpectation.Policy(site.Spec.Link);
        if (release is null || document is null)
            return new SitePlan(site, revision, seen, null, problem, [], policy);
        var sealing = new List<PlainValue>();
        foreach (var name in document.Components.SelectMany(c => c.Sealed).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (value, why) = ValueOf(site, name);
            if (value is null)
                return new SitePlan(site, revision, seen, null, new FleetProblem(Reasons.ParametersInvalid, why, Stalled: true), [], policy);
            sealing.Add(value);
        }
        return new SitePlan(site, revision, seen, release, null, sealing, policy);
    }

    private (PlainValue? Value, string Why) ValueOf(Site site, string name)
    {
        if (site.Spec.Parameters.FirstOrDefault(p => p.Name == name)?.SecretRef is not { } reference)
            return (null, $"Site/{site.Metadata.Name}: spec.parameters: {name} must come from a Secret; give it a secretRef.");
        // Whether there is such a Secret at all is its owner's business: whoever may edit a Site learns nothing of others.
        if (secret(new ObjectKey(site.Metadata.Namespace, reference.Name)) is not { } opened || !opened.IsOpenTo(site.Metadata.Labels))
        {
            return (null,
                $"Site/{site.Metadata.Name}: spec.parameters: the Secret {reference.Name} is not opened to this site; its owner can label it {OpenedSecret.Label} and say in an annotation of the same name to which sites.");
        }
        return opened.Data.TryGetValue(reference.Key, out var value)
            ? (new PlainValue(name, opened.Version, value), "")
            : (null, $"Site/{site.Metadata.Name}: spec.parameters: the Secret {reference.Name} has no key {reference.Key}.");
    }

    private static SiteName NameOf(Site site) => new(site.Metadata.Namespace, site.Metadata.Name);
}
