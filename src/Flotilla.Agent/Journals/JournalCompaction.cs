using System.Collections.Frozen;
using System.Globalization;
using Flotilla.Api;
using Flotilla.Api.Sync;

namespace Flotilla.Agent.Journals;

/// <summary>
/// What of a journal is let go when it has no room, and what is said in its place: an entry that stands for those that are gone and names
/// how many of which kind, so that nothing ever goes missing silently. docs/journal.md has the rules.
/// </summary>
internal static class JournalCompaction
{
    /// <summary>Steps on the way, and what happens daily. What a site was told, began, reached, refused or lost is none of it.</summary>
    private static readonly FrozenSet<JournalEvent> Detail = FrozenSet.Create(
        JournalEvent.AgentStarted,
        JournalEvent.DesiredStateTaken,
        JournalEvent.ReleaseStaged,
        JournalEvent.ComponentApplied,
        JournalEvent.ComponentHealthy,
        JournalEvent.ComponentUnhealthy,
        JournalEvent.DriftCorrected,
        JournalEvent.JournalCompacted);

    /// <summary>The same without detail: each run of it becomes one entry.</summary>
    public static IReadOnlyList<JournalEntry> WithoutDetail(IReadOnlyList<JournalEntry> entries, string reason)
    {
        var kept = new List<JournalEntry>();
        var run = new List<JournalEntry>();
        foreach (var entry in entries)
        {
            if (Detail.Contains(entry.Event))
            {
                run.Add(entry);
                continue;
            }
            Close();
            kept.Add(entry);
        }
        Close();
        return kept;

        void Close()
        {
            // One alone takes no less room when it is named.
            if (run.Count > 0)
                kept.Add(run.Count == 1 ? run[0] : AsOne(run, reason));
            run.Clear();
        }
    }

    /// <summary>One entry for all of them.</summary>
    public static JournalEntry AsOne(IReadOnlyList<JournalEntry> entries, string reason)
    {
        var (first, last) = (entries[0], entries[^1]);
        var earlier = entries.Where(e => e.Event == JournalEvent.JournalCompacted).ToList();
        var kinds = entries.Where(e => e.Event != JournalEvent.JournalCompacted).GroupBy(e => e.Event).OrderByDescending(g => g.Count()).ThenBy(g => g.Key)
            .Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Count()} {g.Key}"));
        if (earlier.Count > 0)
            kinds = kinds.Append(string.Create(CultureInfo.InvariantCulture, $"{earlier.Sum(e => e.Span)} left out before"));
        var begun = earlier.Count > 0 && earlier[0] == first ? first.Since ?? first.Time : first.Time;
        return new JournalEntry
        {
            Number = last.Number,
            First = first.First ?? first.Number,
            Time = last.Time,
            Since = begun,
            Event = JournalEvent.JournalCompacted,
            Reason = reason,
            Message = string.Create(
                CultureInfo.InvariantCulture, $"{entries.Sum(e => e.Span)} entries between {begun:u} and {last.Time:u} were left out ({string.Join(", ", kinds)}): {Why(reason)}"),
        };
    }

    private static string Why(string reason) => reason == Reasons.DiskShort ? "the site's disk is short" : "the hub was not heard of for so long that the journal had no room left";
}
