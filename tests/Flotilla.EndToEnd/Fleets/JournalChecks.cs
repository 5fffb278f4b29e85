using Flotilla.Api.Sync;

namespace Flotilla.EndToEnd.Fleets;

/// <summary>What must hold for the journal of a site that was given one release of <see cref="TillFleet"/> after the other, each a new one.</summary>
internal static class JournalChecks
{
    private static readonly JournalEvent[] OncePerRelease =
        [JournalEvent.ReleaseStaged, JournalEvent.ReleaseBegun, JournalEvent.ComponentApplied, JournalEvent.ReleaseApplied];

    /// <param name="entries">As the hub has them.</param>
    /// <param name="last">Digest of the release that is in force.</param>
    public static IEnumerable<string> Problems(IReadOnlyList<JournalEntry> entries, string last)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].Number != i + 1)
                yield return $"entry {i + 1} has number {entries[i].Number}";
        }
        foreach (var twice in entries.Where(e => e.Event == JournalEvent.DesiredStateTaken).GroupBy(e => e.Message.Split(')')[0]).Where(g => g.Count() > 1))
            yield return $"desired state {twice.Key}) was told to be taken {twice.Count()} times";
        if (entries.Count(e => e.Event == JournalEvent.Enrolled) != 1)
            yield return "it enrolled once";
        foreach (var never in entries.Where(e => e.Event is JournalEvent.DriftCorrected or JournalEvent.StateLost or JournalEvent.ReleaseFailed or JournalEvent.ComponentFailed))
            yield return $"nothing of the kind happened: {never}";
        foreach (var release in entries.Where(e => e.Release is not null).GroupBy(e => e.Release!, StringComparer.Ordinal))
        {
            foreach (var problem in OfRelease([.. release], release.Key, release.Key == last))
                yield return problem;
        }
        foreach (var problem in Pruning(entries))
            yield return problem;
    }

    /// <summary>A change may be overtaken by the next one; then it ends early. One that was applied has all of its story, in order.</summary>
    private static IEnumerable<string> OfRelease(List<JournalEntry> entries, string release, bool isLast)
    {
        var isWhole = isLast || entries.Exists(e => e.Event == JournalEvent.ReleaseApplied);
        foreach (var what in OncePerRelease)
        {
            var count = entries.Count(e => e.Event == what);
            if (count > 1 || (isWhole && count == 0))
                yield return $"{what} is told {count} times of {release}";
        }
        if (!isWhole)
            yield break;
        var places = OncePerRelease.Prepend(JournalEvent.DesiredStateTaken).Select(what => entries.FindIndex(e => e.Event == what)).ToList();
        if (places.Contains(-1) || !places.SequenceEqual(places.Order()))
            yield return $"out of order, or not all there, of {release}: {string.Join(", ", entries.Select(e => e.Event))}";
        if (!entries.Exists(e => e.Event == JournalEvent.ComponentHealthy))
            yield return $"ComponentHealthy is not told of {release}";
    }

    /// <summary>Each release has an object that no other has. All that came in went out, but for the last.</summary>
    private static IEnumerable<string> Pruning(IReadOnlyList<JournalEntry> entries)
    {
        var pruned = entries.Where(e => e.Event == JournalEvent.Pruned).GroupBy(e => e.Object!, StringComparer.Ordinal).ToList();
        foreach (var twice in pruned.Where(g => g.Count() > 1))
            yield return $"{twice.Key} is told to be pruned {twice.Count()} times";
        var applied = entries.Count(e => e.Event == JournalEvent.ComponentApplied);
        if (pruned.Count < applied - 1)
            yield return $"{applied} releases were in, and only {pruned.Count} objects are told to be pruned";
    }
}
