using Flotilla.Api;
using Flotilla.Api.Rollouts;
using Flotilla.Core.Fleets;

namespace Flotilla.Core.Rollouts;

internal sealed partial class RolloutPass
{
    /// <summary>What people ask, and what a newer change asks.</summary>
    private void FollowOrders()
    {
        if (record.Phase != RolloutPhase.RollingBack && record.Ending is null)
        {
            if (observed.Orders.RollBack)
                RollBack(Reasons.AskedFor, "Somebody asked to roll back.");
            else if (observed.Orders.Cancel)
                EndAs(RolloutPhase.Cancelled, Reasons.Cancelled, "Somebody cancelled it.", isBad: true);
            else if (observed.SupersededBy is { } newer)
                EndAs(RolloutPhase.Superseded, Reasons.Superseded, newer, isBad: false);
        }
        Resume();
        RetryWhoFailed();
        var phase = record.Phase is RolloutPhase.Running or RolloutPhase.Paused ? IsPaused ? RolloutPhase.Paused : RolloutPhase.Running : record.Phase;
        if (phase == record.Phase || record.Ending is not null)
            return;
        record = record with
        {
            Phase = phase,
            Reason = phase == RolloutPhase.Paused ? Reasons.Paused : Reasons.RollingOut,
            Message = phase == RolloutPhase.Paused ? "Somebody paused it." : "",
        };
        Tell(record.Reason, phase == RolloutPhase.Paused ? "Paused: no further permits." : "It goes on.");
    }

    private bool IsPaused => observed.Orders.Paused || record.Held is not null;

    private void Resume()
    {
        if (record.Held is not { } held || !(observed.Orders.Resumed >= held))
            return;
        // Whoever resumes has seen what failed, and takes it: only what fails from now on counts.
        var waves = record.Waves.Select((w, i) => w with { Accepted = counts[i][RolloutSiteState.Failed] }).ToList();
        record = record with { Held = null, Accepted = FailedSites(), Waves = waves };
        Tell(Reasons.AskedFor, $"Somebody resumed it, with {Words.Sites(record.Accepted)} failed.");
    }

    /// <summary>Counts failures, and does what was declared when they are too many.</summary>
    private void CheckBudget()
    {
        if (record.Held is null && record.Ending is null && record.Phase is RolloutPhase.Running or RolloutPhase.Paused && Overrun() is var (reason, message))
        {
            Tell(reason, message);
            switch (terms.OnBudget)
            {
                case BudgetAction.Rollback:
                    RollBack(reason, message);
                    break;
                case BudgetAction.Stop:
                    EndAs(RolloutPhase.Failed, reason, message, isBad: true);
                    break;
                default:
                    record = record with { Held = now, Phase = RolloutPhase.Paused, Reason = reason, Message = message };
                    break;
            }
        }
        TakeBackPermits();
    }

    private (string Reason, string Message)? Overrun()
    {
        var (failed, allowed) = (FailedSites() - record.Accepted, terms.MaxFailed.BudgetOf(members.Length));
        if (failed > allowed)
            return (Reasons.BudgetExceeded, $"{Words.Sites(failed)} failed ({Words.Names(NamesOf(RolloutSiteState.Failed))}); {allowed} may.");
        for (var w = 0; w < counts.Length; w++)
        {
            var inWave = counts[w][RolloutSiteState.Failed] - record.Waves[w].Accepted;
            if (inWave <= 0)
                continue;
            if (terms.Waves[w].MaxFailed is { } budget && inWave > budget.BudgetOf(counts[w].Total))
                return (Reasons.BudgetExceeded, $"{Words.Sites(inWave)} of the wave {record.Waves[w].Name} failed; {budget.BudgetOf(counts[w].Total)} may.");
            if (record.Waves[w].Through is null && counts[w].Possible < Needed(w))
                return (Reasons.WaveFailed, $"The wave {record.Waves[w].Name} cannot have {Needed(w)} succeeded any more: {Words.Sites(counts[w][RolloutSiteState.Failed])} of {counts[w].Total} failed ({Words.Names(NamesOf(RolloutSiteState.Failed, w))}).");
        }
        return null;
    }

    private int FailedSites()
    {
        var failed = 0;
        foreach (ref readonly var count in counts.AsSpan())
            failed += count[RolloutSiteState.Failed];
        return failed;
    }

    /// <summary>How many of a wave must succeed, of those that are not left out.</summary>
    private int Needed(int wave) => Math.Min(Math.Max(1, terms.Waves[wave].MinSucceeded), counts[wave].Total - counts[wave].LeftOut - record.Waves[wave].Accepted);

    private void RollBack(string reason, string message)
    {
        quarantine = new FleetProblem(reason, message, Stalled: true);
        record = record with { Phase = RolloutPhase.RollingBack, Held = null, Reason = reason, Message = message };
        Tell(Reasons.RollingBack, $"Sites go back to what they had: {message}");
        var back = new List<int>();
        for (var i = 0; i < members.Length; i++)
        {
            var member = members[i];
            if (member.State is RolloutSiteState.Skipped or RolloutSiteState.Superseded or RolloutSiteState.RolledBack)
                continue;
            if (member.Permitted is null)
            {
                Set(i, member with { State = RolloutSiteState.Skipped, Since = now, Reason = Reasons.RollingBack, Message = "It had not been permitted to begin." });
                continue;
            }
            if (member.From is null || member.From == observed.Sites[i]?.Release)
                continue;
            Set(i, member with
            {
                State = RolloutSiteState.Waiting,
                Since = now,
                Back = true,
                FailedThere = member.State is RolloutSiteState.Failed or RolloutSiteState.Silent,
                Permitted = null,
                PermitSequence = null,
                Began = null,
                HealthySince = null,
                IllSince = null,
                Unused = 0,
                Reason = Reasons.RollingBack,
                Message = "It goes back to what it had.",
            });
            back.Add(i);
        }
        // What was said to them in this step was on their way there.
        var names = back.Select(i => members[i].Site).ToHashSet();
        actions.RemoveAll(a => names.Contains(a.Site));
        foreach (var i in back)
            Look(i);
    }

    private void EndAs(RolloutPhase phase, string reason, string message, bool isBad)
    {
        if (isBad)
            quarantine = new FleetProblem(reason, message, Stalled: true);
        record = record with { Ending = phase, Held = null, Reason = reason, Message = message };
        Tell(reason, $"{message} No further permits; sites in the middle of applying finish first.");
    }

    private List<string> NamesOf(RolloutSiteState state, int? wave = null) =>
        [.. members.Where(m => m.State == state && (wave is null || m.Wave == wave)).Select(m => m.Site.Name)];
}
