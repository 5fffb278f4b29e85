using Flotilla.Api.Fleets;
using Flotilla.Api.Sites;
using Flotilla.Core.Fleets;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Selectors;

namespace Flotilla.Hub.Fleets;

/// <summary>Which fleets select which sites. Safe for several threads.</summary>
internal sealed class FleetMembership
{
    private readonly Lock gate = new();
    private readonly Dictionary<ObjectKey, Entry> fleets = [];
    private readonly Dictionary<SiteName, IReadOnlyDictionary<string, string>> labels = [];
    private readonly Dictionary<SiteName, IReadOnlyList<string>> fleetsOf = [];

    /// <summary>Names of the fleets that select a site, in order.</summary>
    public IReadOnlyList<string> FleetsOf(SiteName site)
    {
        lock (gate)
            return fleetsOf.GetValueOrDefault(site) ?? [];
    }

    /// <summary>The sites that a fleet selects, in order.</summary>
    public IReadOnlyList<SiteName> SitesOf(ObjectKey fleet)
    {
        lock (gate)
            return fleets.TryGetValue(fleet, out var entry) ? [.. entry.Sites] : [];
    }

    /// <summary>Takes in a site, or that it is gone (null).</summary>
    /// <returns>The fleets that select it, or did.</returns>
    public IReadOnlyList<ObjectKey> Put(SiteName site, Site? declared)
    {
        lock (gate)
        {
            var before = fleetsOf.GetValueOrDefault(site) ?? [];
            if (declared is null)
                labels.Remove(site);
            else
                labels[site] = declared.Metadata.Labels;
            foreach (var (key, entry) in fleets)
            {
                if (key.Namespace == site.Namespace)
                    Place(entry, site, declared is not null && entry.Selector?.Matches(declared.Metadata.Labels) == true);
            }
            return [.. before.Union(Index(site), StringComparer.Ordinal).Select(name => new ObjectKey(site.Namespace, name))];
        }
    }

    /// <summary>Takes in a fleet, or that it is gone (null).</summary>
    /// <returns>The sites that it selects, or did.</returns>
    public IReadOnlyCollection<SiteName> Put(ObjectKey key, Fleet? declared)
    {
        lock (gate)
        {
            var touched = fleets.Remove(key, out var before) ? new HashSet<SiteName>(before.Sites) : [];
            if (declared is not null)
            {
                var entry = new Entry(SelectorOf(declared), []);
                fleets[key] = entry;
                foreach (var (site, has) in labels)
                {
                    if (site.Namespace == key.Namespace && entry.Selector?.Matches(has) == true)
                        entry.Sites.Add(site);
                }
                touched.UnionWith(entry.Sites);
            }
            foreach (var site in touched)
                Index(site);
            return touched;
        }
    }

    private static void Place(Entry entry, SiteName site, bool isIn)
    {
        if (isIn)
            entry.Sites.Add(site);
        else
            entry.Sites.Remove(site);
    }

    private IReadOnlyList<string> Index(SiteName site)
    {
        IReadOnlyList<string> names = [.. fleets.Where(f => f.Key.Namespace == site.Namespace && f.Value.Sites.Contains(site)).Select(f => f.Key.Name).Order(StringComparer.Ordinal)];
        if (names.Count == 0)
            fleetsOf.Remove(site);
        else
            fleetsOf[site] = names;
        return names;
    }

    /// <summary>Null selects nothing: a selector that got by the definitions' checks must not move anything.</summary>
    private static SiteSelector? SelectorOf(Fleet fleet)
    {
        try
        {
            return new SiteSelector(fleet.Spec.Selector);
        }
        catch (SelectorException)
        {
            return null;
        }
    }

    private sealed record Entry(SiteSelector? Selector, SortedSet<SiteName> Sites);
}
