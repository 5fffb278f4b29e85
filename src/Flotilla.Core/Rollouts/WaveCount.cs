using System.Runtime.CompilerServices;
using Flotilla.Api.Rollouts;

namespace Flotilla.Core.Rollouts;

/// <summary>How many sites of a wave are in which state.</summary>
internal struct WaveCount
{
    private States states;

    /// <summary>All of them.</summary>
    public int Total { get; private set; }

    /// <summary>Sites on their way back that hold a slot.</summary>
    public int GoingBack { get; private set; }

    public readonly int this[RolloutSiteState state] => states[(int)state];

    /// <summary>Slots taken.</summary>
    public readonly int Slots => this[RolloutSiteState.Applying] + this[RolloutSiteState.Silent];

    /// <summary>Sites that could still succeed, or did.</summary>
    public readonly int Possible => Total - this[RolloutSiteState.Failed] - LeftOut;

    /// <summary>Sites that do not count.</summary>
    public readonly int LeftOut => this[RolloutSiteState.Skipped] + this[RolloutSiteState.Superseded];

    /// <summary>Sites that the wave waits for.</summary>
    public readonly int Open => Total - LeftOut - this[RolloutSiteState.Succeeded] - this[RolloutSiteState.Failed] - this[RolloutSiteState.Deferred] - this[RolloutSiteState.RolledBack];

    public void Add(RolloutMember member, int by)
    {
        states[(int)member.State] += by;
        Total += by;
        if (member.Back && SiteMachine.HoldsSlot(member.State))
            GoingBack += by;
    }

    [InlineArray(12)]
    private struct States
    {
        private int first;
    }
}
