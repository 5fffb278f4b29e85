using Flotilla.Api;
using Flotilla.Api.Rollouts;
using Flotilla.Core.Rollouts;

namespace Flotilla.Hub.Rollouts;

/// <summary>
/// What is worth calling somebody for. It is read off what a step changed in what the ledger keeps, so that a start of the hub tells nothing twice; a
/// hub that is killed between the ledger and the call leaves it out.
/// </summary>
/// <param name="Kind">Last part of the event's type.</param>
/// <param name="At">When it came to that; with the kind it names the event.</param>
internal sealed record RolloutNotice(string Kind, string Reason, string Message, DateTimeOffset At)
{
    /// <param name="before">The rollout before the step.</param>
    public static IEnumerable<RolloutNotice> Of(RolloutRecord before, RolloutOutcome outcome, DateTimeOffset now)
    {
        var record = outcome.Record;
        if (record.Phase != before.Phase && KindOf(record.Phase) is { } kind)
            yield return new RolloutNotice(kind, record.Reason, record.Message, record.Ended ?? now);
        // A step reaches one closed gate at most: it does not look behind that.
        if (outcome.Waits.FirstOrDefault(w => w.Reason == Reasons.ApprovalNeeded) is { } wait
            && record.Gates.FirstOrDefault(g => g.Passed is null && !before.Gates.Any(b => b.Key == g.Key)) is { } gate)
        {
            yield return new RolloutNotice("approvalneeded", wait.Reason, wait.Message ?? "", gate.Reached);
        }
    }

    private static string? KindOf(RolloutPhase phase) => phase switch
    {
        RolloutPhase.Paused => "paused",
        RolloutPhase.RollingBack => "rollingback",
        RolloutPhase.Failed => "failed",
        RolloutPhase.Succeeded or RolloutPhase.Cancelled or RolloutPhase.Superseded => "finished",
        _ => null,
    };
}
