using Flotilla.Api;
using Flotilla.Api.Rollouts;
using Flotilla.Core.Rollouts;

namespace Flotilla.Core.Fleets;

/// <summary>Which way a fleet goes: whether a rollout has to begin or to make way, and which revision each site is to follow.</summary>
public static class FleetCourse
{
    private const int MostRemembered = 10;
    private const int MostQuarantined = 16;

    /// <summary>What is remembered, after somebody lifted a quarantine.</summary>
    /// <param name="lift">Digest of the revision that is to be let out again; null for none.</param>
    public static FleetMemory Lift(FleetMemory record, string? lift) => record.QuarantineOf(lift) is null ? record : record with
    {
        Quarantined = [.. record.Quarantined.Where(q => q.Revision != lift)],
        Current = record.Current == lift ? null : record.Current,
    };

    /// <summary>Whether a new rollout has to begin.</summary>
    /// <param name="newest">The newest rollout, running or over.</param>
    /// <param name="revision">What the stack compiles to.</param>
    public static bool MustBegin(FleetMemory record, RolloutRecord? newest, string? revision, int sites) =>
        revision is not null && sites > 0 && newest is null or { IsOver: true } && record.QuarantineOf(revision) is null
        && (revision != record.Current || newest?.Phase == RolloutPhase.Superseded);

    /// <summary>What the fleet remembers when a rollout begins.</summary>
    public static FleetMemory Begun(FleetMemory record, RolloutRecord rollout) => record with
    {
        Current = rollout.Revision,
        Strategy = rollout.Strategy,
        Rollout = rollout.Name,
        Count = record.Count + 1,
    };

    /// <summary>Name of the next rollout.</summary>
    public static string NextName(string fleet, FleetMemory record) => FormattableString.Invariant($"{fleet}-{record.Count + 1}");

    /// <summary>Why a running rollout has to make way; null while it does not.</summary>
    public static string? SupersededBy(RolloutRecord? newest, string? revision, string? strategy)
    {
        if (newest is null or { IsOver: true })
            return null;
        if (revision is not null && revision != newest.Revision)
            return "The fleet has a newer revision.";
        return strategy is not null && strategy != newest.Strategy ? "The fleet has another strategy." : null;
    }

    /// <summary>
    /// What is left of a fleet that was deleted: its running rollout ends, and its memory is only how many rollouts there were, so that a fleet of the
    /// same name gives none of their names again.
    /// </summary>
    /// <param name="newest">The newest rollout, running or over.</param>
    /// <param name="members">Its sites.</param>
    public static (FleetMemory Memory, RolloutOutcome? End) Deleted(FleetMemory record, RolloutRecord? newest, IReadOnlyList<RolloutMember> members, DateTimeOffset now)
    {
        var memory = new FleetMemory { Count = record.Count };
        if (newest is null or { IsOver: true })
            return (memory, null);
        const string Why = "The fleet was deleted; its sites keep what they have.";
        var left = members.Select(m => m.State is RolloutSiteState.Waiting or RolloutSiteState.Staging or RolloutSiteState.Staged or RolloutSiteState.Deferred
            ? m with { State = RolloutSiteState.Skipped, Since = now, Reason = Reasons.FleetDeleted, Message = Why }
            : m).ToList();
        return (memory, new RolloutOutcome
        {
            Record = newest with { Phase = RolloutPhase.Cancelled, Reason = Reasons.FleetDeleted, Message = Why, Ended = now, Ending = null, Held = null },
            Members = left,
            Changed = [.. Enumerable.Range(0, left.Count).Where(i => !ReferenceEquals(left[i], members[i]))],
            Story = [new StoryEntry(now, null, null, Reasons.FleetDeleted, $"{RolloutPhase.Cancelled}: {Why}")],
            Questions = [],
            Waits = [],
        });
    }

    /// <summary>The revision that a site is to follow, or why it follows none.</summary>
    /// <param name="member">The site in the newest rollout; null when it is not in it.</param>
    public static (string? Revision, FleetProblem? Why) RevisionOf(FleetMemory record, RolloutRecord? newest, RolloutMember? member)
    {
        if (newest is not null && member is not null)
        {
            if (member is { State: RolloutSiteState.Skipped, Reason: Reasons.LeftOut })
                return (null, new FleetProblem(Reasons.LeftOut, $"Somebody left it out of {newest.Name}; it keeps what it has until the next rollout.", Stalled: false));
            if (!newest.IsOver && (member.State == RolloutSiteState.Succeeded || !SiteMachine.IsFinal(member.State)))
                return (newest.Revision, null);
            // A rollout that was stopped or cancelled leaves sites as they are; one that went back has brought them back.
            if (newest is { IsOver: true, Phase: RolloutPhase.Cancelled or RolloutPhase.Failed } && member is { Permitted: not null, Back: false })
                return (null, new FleetProblem(newest.Reason, $"{newest.Name} ended before its time; the site keeps what it has until the next rollout.", Stalled: false));
        }
        return record.Good is { } good ? (good, null)
            : (null, new FleetProblem(Reasons.WaitingForRollout, "The fleet's first rollout is not through: there is no good revision for this site yet.", Stalled: false));
    }

    /// <summary>What the fleet remembers when a step of its rollout is decided.</summary>
    internal static FleetMemory After(FleetMemory record, RolloutOutcome outcome, DateTimeOffset now)
    {
        if (outcome.Quarantine is { } bad && record.QuarantineOf(outcome.Record.Revision) is null)
        {
            var entry = new Api.Fleets.QuarantinedRevision { Revision = outcome.Record.Revision, Reason = bad.Reason, Message = bad.Message, Since = ConditionWriting.WholeSeconds(now) };
            record = record with { Quarantined = [.. record.Quarantined.TakeLast(MostQuarantined - 1), entry] };
        }
        var revision = outcome.Record.Revision;
        return outcome.Record is { IsOver: true, Phase: RolloutPhase.Succeeded } && record.Good != revision
            ? record with
            {
                Good = revision,
                // Going back to a revision does not make it its own predecessor.
                PreviousGood = record.Good,
                History = [.. record.History.Where(r => r != revision).TakeLast(MostRemembered - 1), revision],
            }
            : record;
    }
}
