using Flotilla.Api;
using Flotilla.Api.Rollouts;

namespace Flotilla.Core.Rollouts;

internal sealed partial class RolloutPass
{
    private void End()
    {
        if (record.Ending is { } ending)
            EndWhenQuiet(ending);
        else if (record.Phase == RolloutPhase.RollingBack)
            EndWhenBack();
        else if (record.Phase == RolloutPhase.Running && Current() == counts.Length && !AnyAtWork())
            Close(RolloutPhase.Succeeded, Reasons.RolledOut, Result());
        if (!record.IsOver)
            SayWhatItWaitsFor();
    }

    /// <summary>Those in the middle of applying finish first; who is silent is not waited for.</summary>
    private void EndWhenQuiet(RolloutPhase ending)
    {
        if (counts.Sum(c => c[RolloutSiteState.Applying]) is > 0 and var busy)
        {
            Wait(Reasons.FinishingFirst, $"{Words.Sites(busy)} in the middle of applying {(busy == 1 ? "finishes" : "finish")} first.");
            return;
        }
        for (var i = 0; i < members.Length; i++)
        {
            if (members[i].State is RolloutSiteState.Waiting or RolloutSiteState.Staging or RolloutSiteState.Staged or RolloutSiteState.Deferred)
                Set(i, members[i] with { State = ending == RolloutPhase.Superseded ? RolloutSiteState.Superseded : RolloutSiteState.Skipped, Since = now, Reason = record.Reason, Message = record.Message });
        }
        Close(ending, record.Reason, record.Message);
    }

    private void EndWhenBack()
    {
        var open = members.Count(m => m.Back && m.State is RolloutSiteState.Waiting or RolloutSiteState.Staging or RolloutSiteState.Staged or RolloutSiteState.Applying);
        if (open > 0)
        {
            Wait(Reasons.RollingBack, $"{Words.Sites(open)} {(open == 1 ? "is" : "are")} on the way back.");
            return;
        }
        Close(RolloutPhase.Failed, Reasons.RolledBack, $"Rolled back: {record.Message}");
    }

    private bool AnyAtWork()
    {
        var open = counts.Sum(c => c.Open);
        if (open > 0)
            Wait(Reasons.RollingOut, $"{Words.Sites(open)} that came back late are not through.");
        return open > 0;
    }

    private void Close(RolloutPhase phase, string reason, string message)
    {
        record = record with { Phase = phase, Reason = reason, Message = message, Ended = now, Ending = null };
        next = DateTimeOffset.MaxValue;
        Tell(reason, $"{phase}: {message}");
    }

    private string Result()
    {
        var (succeeded, deferred, failed) = (counts.Sum(c => c[RolloutSiteState.Succeeded]), counts.Sum(c => c[RolloutSiteState.Deferred]), FailedSites());
        return $"{Words.Sites(succeeded)} {(succeeded == 1 ? "runs" : "run")} it" + (failed > 0 ? $", {failed} failed" : "") + (deferred > 0 ? $", {deferred} {(deferred == 1 ? "follows when it is" : "follow when they are")} back" : "") + ".";
    }

    private void SayWhatItWaitsFor()
    {
        if (observed.FleetHeld is { } fleet)
            Wait(fleet.Reason, fleet.Message);
        if (record.Held is not null)
            Wait(record.Reason, $"{record.Message} Resume, retry, roll back or cancel.");
        else if (observed.Orders.Paused && record.Phase != RolloutPhase.RollingBack)
            Wait(Reasons.Paused, "Somebody paused it.");
        if (terms.AwayDeadline is not { } deadline)
            return;
        var overdue = members.Where(m => m.State == RolloutSiteState.Deferred && m.Since + deadline <= now).Select(m => m.Site.Name).ToList();
        if (overdue.Count > 0)
            Wait(Reasons.AwayTooLong, $"Away for more than {Words.Duration(deadline)}: {Words.Names(overdue)}. They follow when they are back.");
    }
}
