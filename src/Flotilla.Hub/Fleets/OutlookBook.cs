using System.Collections.Concurrent;
using Flotilla.Api.Sites;
using Flotilla.Core.Sites;

namespace Flotilla.Hub.Fleets;

/// <summary>What fleets have in mind for their sites, as last decided.</summary>
internal sealed class OutlookBook
{
    private readonly ConcurrentDictionary<SiteName, SiteOutlook> known = new();

    public SiteOutlook? Find(SiteName site) => known.GetValueOrDefault(site);

    /// <summary>Notes an outlook.</summary>
    /// <returns>Whether it is another one than before.</returns>
    public bool Put(SiteName site, SiteOutlook outlook)
    {
        var before = known.GetValueOrDefault(site);
        known[site] = outlook;
        return before != outlook;
    }

    public void Remove(SiteName site) => known.TryRemove(site, out _);
}
