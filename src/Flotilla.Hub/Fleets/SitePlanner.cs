using System.Collections.Concurrent;
using Flotilla.Api;
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
    private readonly ConcurrentDictionary<SiteName, SitePlan> plans = new();
    private long secrets;

    /// <summary>Opened Secrets changed: what was made of them is looked at again.</summary>
    public void SecretsChanged() => Interlocked.Increment(ref secrets);

    public void Forget(SiteName site) => plans.TryRemove(site, out _);

    /// <summary>The plans of sites, in the same order.</summary>
    public async Task<SitePlan[]> PlanAsync(Revision revision, IReadOnlyList<Site> sites, CancellationToken cancellation)
    {
        var seen = Interlocked.Read(ref secrets);
        var found = new SitePlan[sites.Count];
        var missing = new List<int>();
        for (var i = 0; i < found.Length; i++)
        {
            var site = sites[i];
            if (plans.TryGetValue(NameOf(site), out var plan) && IsOf(plan, site, revision, seen))
                found[i] = plan;
            else
                missing.Add(i);
        }
        await Parallel.ForEachAsync(missing, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (i, c) =>
        {
            var outcome = releases.Get(revision, SiteInputs.Of(sites[i]));
            if (outcome.Release is { } release)
                await store.KeepAsync(release, c);
            plans[NameOf(sites[i])] = found[i] = Plan(sites[i], revision, seen, outcome);
        });
        return found;
    }

    /// <summary>The API tells of an object anew whenever its status changes; only what is declared counts.</summary>
    private static bool IsOf(SitePlan plan, Site site, Revision revision, long secrets) =>
        plan.Revision.Digest == revision.Digest && plan.Secrets == secrets
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

    private SitePlan Plan(Site site, Revision revision, long seen, ReleaseOutcome outcome)
    {
        var policy = LinkExpectation.Policy(site.Spec.Link);
        if (outcome.Release is not { } release)
        {
            var problems = string.Join("; ", outcome.Problems.Take(3));
            return new SitePlan(site, revision, seen, null, new FleetProblem(Reasons.ParametersInvalid, problems, Stalled: true), [], policy);
        }
        var sealing = new List<PlainValue>();
        foreach (var name in release.Document.Components.SelectMany(c => c.Sealed).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (value, why) = ValueOf(site, name);
            if (value is null)
                return new SitePlan(site, revision, seen, null, new FleetProblem(Reasons.ParametersInvalid, why, Stalled: true), [], policy);
            sealing.Add(value);
        }
        return new SitePlan(site, revision, seen, new ReleaseTarget(revision.Digest, release.Digest), null, sealing, policy);
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
