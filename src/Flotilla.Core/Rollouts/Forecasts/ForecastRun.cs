using Flotilla.Api;
using Flotilla.Api.Rollouts;

namespace Flotilla.Core.Rollouts.Forecasts;

/// <summary>The rollout in virtual time, step by step until it is over, or until nothing happens any more.</summary>
internal sealed class ForecastRun
{
    private readonly ForecastInput input;
    private readonly ForecastGrain grain = new();
    private readonly ForecastGates gates;
    private readonly DateTimeOffset end;
    private bool waitsForAnybody;

    public ForecastRun(ForecastInput input, DateTimeOffset now)
    {
        (this.input, Now, Record, Members) = (input, now, input.Record, input.Members);
        Fleet = new ModelledFleet(input, grain, now);
        gates = new ForecastGates(input);
        end = now + RolloutForecast.Ahead;
    }

    public DateTimeOffset Now { get; private set; }

    public ModelledFleet Fleet { get; }

    public RolloutRecord Record { get; private set; }

    public IReadOnlyList<RolloutMember> Members { get; private set; }

    /// <summary>What it waited for at the last step.</summary>
    public IReadOnlyList<RolloutWait> Waits { get; private set; } = [];

    /// <summary>Whether something would go on beyond what is looked at.</summary>
    public bool IsCut { get; private set; }

    public void GoOn()
    {
        while (!Record.IsOver)
        {
            if (Step() is not { } time)
                return;
            if (time > end)
            {
                IsCut = time < ModelledPlace.Always;
                return;
            }
            Now = time > Now ? time : Now.AddTicks(1);
        }
    }

    /// <summary>Takes a step; says when the next one matters, if ever.</summary>
    private DateTimeOffset? Step()
    {
        Record = gates.Answer(Record, Now);
        var decision = RolloutDecision.Decide(
            new RolloutObservation
            {
                Record = Record,
                Terms = input.Terms,
                Members = Members,
                Sites = Fleet.Sites,
                Orders = input.Orders,
                Approvals = gates.Approvals,
                FleetHeld = input.FleetHeld,
                SupersededBy = input.SupersededBy,
            },
            Now);
        var outcome = decision.Status;
        (Record, Members, Waits) = (outcome.Record, outcome.Members, outcome.Waits);
        waitsForAnybody = false;
        foreach (var wait in Waits)
            waitsForAnybody |= wait.Reason == Reasons.SitesAway;
        // Who is away when it is over is still away then.
        if (Record.IsOver)
            return null;
        grain.Count(Members.Count);
        Fleet.Act(decision.Actions, Now);
        Record = gates.Expect(Record, outcome.Questions, Now);
        var look = decision.Next is NextLook.After after ? grain.Look(Now + after.Delay) : DateTimeOffset.MaxValue;
        if (gates.Due < look)
            look = gates.Due;
        return Fleet.Advance(look < end ? look : end, Matters) ?? (look < DateTimeOffset.MaxValue ? look : null);
    }

    /// <summary>Whether news of a site may change what is decided: of one whose wave is to come they only count once it is its turn.</summary>
    private bool Matters(int site) =>
        waitsForAnybody || Record.Phase == RolloutPhase.RollingBack || Record.Ending is not null || Record.Waves[Members[site].Wave].Started is not null;
}
