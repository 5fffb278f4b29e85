using System.Collections.Frozen;
using Flotilla.Api.Sites;
using Flotilla.Content;
using Flotilla.Hub.Ledger;

namespace Flotilla.Hub.Gateway;

/// <summary>Which content a site may fetch: what the releases of its stored target are made of. What a release reaches never changes, so it is kept.</summary>
internal sealed class ReachableContent(ILedger ledger, IContentStore content)
{
    private const int MostReleases = 4096;
    private readonly Dictionary<Digest, FrozenSet<Digest>> releases = [];
    private readonly Queue<Digest> oldest = new();
    private readonly Lock guard = new();

    public async Task<bool> MayFetchAsync(SiteName site, Digest wanted, CancellationToken cancellation)
    {
        if (await ledger.FactsAsync(site, cancellation) is not { } facts)
            return false;
        foreach (var release in (string?[])[facts.Stage?.Release, facts.Permit?.Release, facts.PreviousGood?.Release])
        {
            if (Digest.TryParse(release, out var digest) && (digest == wanted || (await ReachedByAsync(digest, cancellation)).Contains(wanted)))
                return true;
        }
        return false;
    }

    private async Task<FrozenSet<Digest>> ReachedByAsync(Digest release, CancellationToken cancellation)
    {
        lock (guard)
        {
            if (releases.TryGetValue(release, out var known))
                return known;
        }
        // What is not there, or no release, reaches nothing; it may be there later, so that is not kept.
        if (await content.ReadAsync(release, cancellation) is not { } bytes)
            return [];
        var reached = OciManifest.Parse(bytes.Span).Blobs.Select(b => b.Digest).ToFrozenSet();
        lock (guard)
        {
            if (releases.TryAdd(release, reached))
                oldest.Enqueue(release);
            if (oldest.Count > MostReleases)
                releases.Remove(oldest.Dequeue());
        }
        return reached;
    }
}
