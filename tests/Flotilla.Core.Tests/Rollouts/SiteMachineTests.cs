using Flotilla.Api.Rollouts;
using Flotilla.Core.Rollouts;

namespace Flotilla.Core.Tests.Rollouts;

/// <summary>The machine of a site's states alone: it is total, and what ends stays ended.</summary>
public sealed class SiteMachineTests
{
    private static readonly RolloutSiteState[] States = Enum.GetValues<RolloutSiteState>();
    private static readonly SiteSight[] Sights = Enum.GetValues<SiteSight>();

    [Fact]
    public void Every_state_with_every_sight_has_a_next_one()
    {
        foreach (var (state, sight, back) in All())
            Assert.True(Enum.IsDefined(SiteMachine.Next(state, sight, back)), $"{state} × {sight}");
    }

    [Fact]
    public void What_is_final_stays()
    {
        foreach (var (state, sight, back) in All().Where(one => SiteMachine.IsFinal(one.State)))
            Assert.Equal(state, SiteMachine.Next(state, sight, back));
    }

    [Fact]
    public void Seeing_the_same_again_changes_nothing()
    {
        foreach (var (state, sight, back) in All())
        {
            var once = SiteMachine.Next(state, sight, back);
            Assert.Equal(once, SiteMachine.Next(once, sight, back));
        }
    }

    [Fact]
    public void Only_those_that_run_it_succeed_and_only_on_the_way_there()
    {
        foreach (var (state, sight, back) in All().Where(one => !SiteMachine.IsFinal(one.State)))
        {
            var next = SiteMachine.Next(state, sight, back);
            Assert.Equal(!back && sight == SiteSight.WellLongEnough, next == RolloutSiteState.Succeeded);
            Assert.Equal(back && sight is (SiteSight.Well or SiteSight.WellLongEnough), next == RolloutSiteState.RolledBack);
        }
    }

    /// <summary>Silence is no success and no failure by itself, and who is away and was told nothing never fails by that.</summary>
    [Fact]
    public void Away_is_told_from_silent()
    {
        foreach (var (state, _, back) in All().Where(one => one.State != RolloutSiteState.Failed && !SiteMachine.IsFinal(one.State)))
        {
            Assert.Equal(RolloutSiteState.Deferred, SiteMachine.Next(state, SiteSight.Away, back));
            Assert.Equal(RolloutSiteState.Silent, SiteMachine.Next(state, SiteSight.Quiet, back));
            Assert.Equal(RolloutSiteState.Failed, SiteMachine.Next(state, SiteSight.Lost, back));
        }
    }

    private static IEnumerable<(RolloutSiteState State, SiteSight Sight, bool Back)> All() =>
        from state in States from sight in Sights from back in (bool[])[false, true] select (state, sight, back);
}
