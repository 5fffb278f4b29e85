using Flotilla.Core.Fleets;

namespace Flotilla.Core.Rollouts;

/// <summary>
/// The next step of a rollout. It knows sites, a release for each, and what they report, and nothing of what a release contains. A step may be
/// taken at any time and as often as one likes: nothing happens twice.
/// </summary>
public static class RolloutDecision
{
    public static Decision<FleetAction, RolloutOutcome> Decide(RolloutObservation observed, DateTimeOffset now)
    {
        var pass = new RolloutPass(observed, now);
        if (!observed.Record.IsOver)
            pass.Run();
        return new(pass.Actions, pass.Outcome, pass.Next);
    }
}
