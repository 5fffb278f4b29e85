using Flotilla.Api;
using Flotilla.Api.Rollouts;

namespace Flotilla.Core.Rollouts;

/// <summary>What a rollout's object says: a mirror of what the ledger has.</summary>
public static class RolloutStatusWriting
{
    private const int MostWaits = 32;

    /// <param name="before">What it said.</param>
    /// <param name="story">The last lines of its story, oldest first.</param>
    public static RolloutStatus Write(
        RolloutStatus? before, long generation, RolloutRecord record, IReadOnlyList<RolloutMember> members, IReadOnlyList<RolloutWait> waits, RolloutOrders orders,
        IReadOnlyList<StoryEntry> story, DateTimeOffset now)
    {
        var (total, waves) = Count(record, members);
        var writing = new ConditionWriting(before?.Conditions ?? [], generation, now);
        return new RolloutStatus
        {
            Phase = record.Phase,
            Reason = record.Reason,
            Message = record.Message,
            Conditions = Conditions(record, waits, writing),
            Created = ConditionWriting.WholeSeconds(record.Created),
            Started = record.Waves.Count > 0 && record.Waves[0].Started is { } started ? ConditionWriting.WholeSeconds(started) : null,
            Ended = record.Ended is { } ended ? ConditionWriting.WholeSeconds(ended) : null,
            Previous = record.Previous,
            Strategy = Releases.ContentDigest.Of(System.Text.Encoding.UTF8.GetBytes(record.Strategy)),
            WaitingFor = [.. waits.Take(MostWaits)],
            ValidActions = Valid(record, total, waits, orders),
            Sites = total,
            Waves = [.. record.Waves.Select((w, i) => Said(w, waves[i], waits))],
            Story = [.. story.Select(s => new RolloutEntry { Time = ConditionWriting.WholeSeconds(s.Time), Wave = s.Wave, Site = s.Site, Message = s.Message })],
        };
    }

    /// <summary>What can be done now.</summary>
    private static IReadOnlyList<RolloutVerb> Valid(RolloutRecord record, SiteCounts total, IReadOnlyList<RolloutWait> waits, RolloutOrders orders)
    {
        var verbs = new List<RolloutVerb>();
        if (record.IsOver)
            return verbs;
        if (!orders.Paused)
            verbs.Add(RolloutVerb.Pause);
        if (orders.Paused || record.Held is not null)
            verbs.Add(RolloutVerb.Resume);
        if (record.Phase == RolloutPhase.RollingBack || record.Ending is not null)
            return verbs;
        if (waits.Any(w => w.Reason == Reasons.ApprovalNeeded))
            verbs.Add(RolloutVerb.Approve);
        if (total.Total > total.Succeeded + total.Skipped + total.RolledBack + total.Superseded)
            verbs.Add(RolloutVerb.Skip);
        if (total.Failed > 0)
            verbs.Add(RolloutVerb.Retry);
        verbs.Add(RolloutVerb.RollBack);
        verbs.Add(RolloutVerb.Cancel);
        return verbs;
    }

    private static IReadOnlyList<Condition> Conditions(RolloutRecord record, IReadOnlyList<RolloutWait> waits, ConditionWriting writing)
    {
        var succeeded = record.Phase == RolloutPhase.Succeeded;
        var decide = record.Held is not null || waits.Any(w => w.Reason is Reasons.ApprovalNeeded or Reasons.WaveEmpty);
        var wait = waits.Count > 0 ? waits[0] : null;
        return
        [
            writing.Make("Succeeded", succeeded ? ConditionStatus.True : record.IsOver ? ConditionStatus.False : ConditionStatus.Unknown, record.Reason, record.Message),
            writing.Make("Progressing", record.IsOver || decide ? ConditionStatus.False : ConditionStatus.True, wait?.Reason ?? record.Reason, wait?.Message ?? record.Message),
            writing.Make("Stalled", !record.IsOver && decide ? ConditionStatus.True : ConditionStatus.False, decide ? wait?.Reason ?? record.Reason : Reasons.NotStalled, decide ? wait?.Message ?? record.Message : "Nobody has to decide anything."),
        ];
    }

    private static (SiteCounts Total, int[][] Waves) Count(RolloutRecord record, IReadOnlyList<RolloutMember> members)
    {
        var waves = new int[record.Waves.Count][];
        for (var w = 0; w < waves.Length; w++)
            waves[w] = new int[Enum.GetValues<RolloutSiteState>().Length];
        foreach (var member in members)
            waves[member.Wave][(int)member.State]++;
        var all = new int[Enum.GetValues<RolloutSiteState>().Length];
        foreach (var wave in waves)
        {
            for (var s = 0; s < all.Length; s++)
                all[s] += wave[s];
        }
        return (Fill(new SiteCounts(), all), waves);
    }

    private static WaveStatus Said(WaveRecord wave, int[] counts, IReadOnlyList<RolloutWait> waits)
    {
        var phase = wave.Completed is not null ? WavePhase.Complete : wave.Started is not null ? WavePhase.Running : WavePhase.Waiting;
        var wait = phase == WavePhase.Running && waits.Count > 0 ? waits[0] : null;
        return (WaveStatus)Fill(new WaveStatus { Name = wave.Name, Phase = phase, Reason = wait?.Reason, Message = wait?.Message }, counts);
    }

    private static SiteCounts Fill(SiteCounts counts, int[] by) => counts with
    {
        Total = by.Sum(),
        Waiting = by[(int)RolloutSiteState.Waiting],
        Staging = by[(int)RolloutSiteState.Staging],
        Staged = by[(int)RolloutSiteState.Staged],
        Applying = by[(int)RolloutSiteState.Applying],
        Soaking = by[(int)RolloutSiteState.Soaking],
        Succeeded = by[(int)RolloutSiteState.Succeeded],
        Failed = by[(int)RolloutSiteState.Failed],
        Silent = by[(int)RolloutSiteState.Silent],
        Deferred = by[(int)RolloutSiteState.Deferred],
        RolledBack = by[(int)RolloutSiteState.RolledBack],
        Skipped = by[(int)RolloutSiteState.Skipped],
        Superseded = by[(int)RolloutSiteState.Superseded],
    };
}
