using Sight = Flotilla.Core.Rollouts.SiteSight;
using State = Flotilla.Api.Rollouts.RolloutSiteState;

namespace Flotilla.Core.Rollouts;

/// <summary>
/// The states of a site in a rollout: every state with every sight has its next state. Permits, retries and ways back are given by the
/// rollout, not seen at the site; everything else is here. docs/rollout-states.md is drawn from it.
/// </summary>
public static class SiteMachine
{
    /// <summary>States in which a site is done with the rollout, whatever is seen of it.</summary>
    public static bool IsFinal(State state) => state is State.Succeeded or State.RolledBack or State.Skipped or State.Superseded;

    /// <summary>States in which it holds a slot.</summary>
    public static bool HoldsSlot(State state) => state is State.Applying or State.Silent;

    /// <summary>The next state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="sight">What is seen.</param>
    /// <param name="back">Whether the site is on its way back to what it had.</param>
    public static State Next(State state, Sight sight, bool back = false) => state switch
    {
        State.Succeeded or State.RolledBack or State.Skipped or State.Superseded => state,
        State.Waiting or State.Staging or State.Staged or State.Deferred => BeforePermit(sight, back),
        State.Applying or State.Soaking or State.Silent => AfterPermit(state, sight, back),
        State.Failed => Failed(sight, back),
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "no state of a site"),
    };

    private static State BeforePermit(Sight sight, bool back) => sight switch
    {
        Sight.Left or Sight.LeftOut => State.Skipped,
        Sight.NotEnrolled or Sight.Away => State.Deferred,
        Sight.Blocked or Sight.Leased => State.Waiting,
        Sight.Fetching or Sight.PermitOver => State.Staging,
        Sight.Ready => State.Staged,
        Sight.CannotStage or Sight.Failing or Sight.Overdue or Sight.IllTooLong or Sight.Lost => State.Failed,
        Sight.Permitted or Sight.Busy or Sight.Ill => State.Applying,
        Sight.Quiet => State.Silent,
        Sight.Well => back ? State.RolledBack : State.Soaking,
        Sight.WellLongEnough => Success(back),
        _ => throw new ArgumentOutOfRangeException(nameof(sight), sight, "nothing that is seen of a site"),
    };

    private static State AfterPermit(State state, Sight sight, bool back) => sight switch
    {
        Sight.Left or Sight.LeftOut or Sight.NotEnrolled => State.Skipped,
        // The permit stands: what is declared meanwhile does not take it back.
        Sight.Blocked or Sight.Leased => state,
        Sight.Away => State.Deferred,
        Sight.Quiet => State.Silent,
        Sight.Fetching or Sight.PermitOver => State.Staging,
        Sight.Ready => State.Staged,
        Sight.Permitted or Sight.Busy => State.Applying,
        Sight.Ill => state == State.Soaking ? State.Soaking : State.Applying,
        Sight.Lost or Sight.CannotStage or Sight.Overdue or Sight.Failing or Sight.IllTooLong => State.Failed,
        Sight.Well => back ? State.RolledBack : State.Soaking,
        Sight.WellLongEnough => Success(back),
        _ => throw new ArgumentOutOfRangeException(nameof(sight), sight, "nothing that is seen of a site"),
    };

    /// <summary>A failure stands until the site itself shows otherwise.</summary>
    private static State Failed(Sight sight, bool back) => sight switch
    {
        Sight.Left or Sight.LeftOut => State.Skipped,
        Sight.Well => back ? State.RolledBack : State.Soaking,
        Sight.WellLongEnough => Success(back),
        _ => State.Failed,
    };

    private static State Success(bool back) => back ? State.RolledBack : State.Succeeded;
}
