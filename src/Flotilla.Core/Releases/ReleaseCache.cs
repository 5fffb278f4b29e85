namespace Flotilla.Core.Releases;

/// <summary>
/// Keeps compiled releases by revision and inputs, so that sites with equal inputs share one and a look at a fleet costs no compiling. Bounded by
/// the bytes that releases do not share; what was asked for least recently goes first. Safe to use from several threads.
/// </summary>
/// <param name="maxBytes">The bound.</param>
public sealed class ReleaseCache(long maxBytes = 256L * 1024 * 1024)
{
    private readonly Lock turn = new();
    private readonly Dictionary<(string Revision, string Inputs), LinkedListNode<Release>> kept = [];
    private readonly LinkedList<Release> recent = [];

    /// <summary>Bytes that are kept now.</summary>
    public long Bytes { get; private set; }

    /// <summary>Releases that are kept now.</summary>
    public int Count => kept.Count;

    /// <summary>The release of a site, compiled when it is not there. What does not compile is not kept: its problems name the site.</summary>
    public ReleaseOutcome Get(Revision revision, SiteInputs site)
    {
        var key = (revision.Digest, revision.InputsOf(site));
        lock (turn)
        {
            if (kept.TryGetValue(key, out var node))
            {
                recent.Remove(node);
                recent.AddFirst(node);
                return new ReleaseOutcome(node.Value, []);
            }
        }
        // Outside of the lock: two that want the same do the work twice, and get the same.
        var outcome = ReleaseCompiler.Compile(revision, site);
        if (outcome.Release is { } release)
            Keep(key, release);
        return outcome;
    }

    private void Keep((string, string) key, Release release)
    {
        lock (turn)
        {
            if (kept.ContainsKey(key))
                return;
            kept[key] = recent.AddFirst(release);
            Bytes += release.OwnBytes;
            while (Bytes > maxBytes && recent.Last is { } oldest && oldest != recent.First)
            {
                recent.RemoveLast();
                kept.Remove((oldest.Value.Revision.Digest, oldest.Value.Inputs));
                Bytes -= oldest.Value.OwnBytes;
            }
        }
    }
}
