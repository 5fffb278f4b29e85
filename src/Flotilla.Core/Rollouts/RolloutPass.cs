using Flotilla.Api.Rollouts;
using Flotilla.Core.Fleets;

namespace Flotilla.Core.Rollouts;

/// <summary>One step: look at every site, follow what people ask, count failures, walk through waves and gates, give permits, end.</summary>
internal sealed partial class RolloutPass
{
    private readonly RolloutObservation observed;
    private readonly RolloutTerms terms;
    private readonly DateTimeOffset now;
    private readonly RolloutMember[] members;
    private readonly SiteLook[] looks;
    private readonly List<FleetAction> actions = [];
    private readonly List<StoryEntry> story = [];
    private readonly List<GateQuestion> questions = [];
    private readonly List<RolloutWait> waits = [];
    private readonly WaveCount[] counts;
    private RolloutRecord record;
    private FleetProblem? quarantine;
    private DateTimeOffset next = DateTimeOffset.MaxValue;
    private string nextBecause = "";

    public RolloutPass(RolloutObservation observed, DateTimeOffset now)
    {
        (this.observed, this.now) = (observed, now);
        (record, terms) = (observed.Record, observed.Terms);
        members = [.. observed.Members];
        looks = new SiteLook[members.Length];
        counts = new WaveCount[record.Waves.Count];
    }

    public IReadOnlyList<FleetAction> Actions => actions;

    public RolloutOutcome Outcome => new()
    {
        Record = record,
        Members = members,
        Changed = [.. Enumerable.Range(0, members.Length).Where(i => !ReferenceEquals(members[i], observed.Members[i]))],
        Story = story,
        Questions = questions,
        Waits = waits,
        Quarantine = quarantine,
    };

    public NextLook Next => next == DateTimeOffset.MaxValue
        ? new NextLook.OnChange()
        : new NextLook.After(next > now ? next - now : TimeSpan.FromTicks(1), nextBecause);

    public void Run()
    {
        LookAround();
        FollowOrders();
        CheckBudget();
        TryAgain();
        if (record.Phase == RolloutPhase.RollingBack)
        {
            GiveWaysBack();
        }
        else if (record.Ending is null)
        {
            WalkWaves();
            GivePermits();
        }
        End();
    }

    /// <summary>Whether nobody may begin now.</summary>
    private bool IsHeld => record.Held is not null || observed.Orders.Paused || observed.FleetHeld is not null || record.Ending is not null;

    private void Tell(string reason, string message, string? wave = null, string? site = null) => story.Add(new StoryEntry(now, wave, site, reason, message));

    private void Wait(string reason, string message) => waits.Add(new RolloutWait { Reason = reason, Message = message });

    private void LookAt(DateTimeOffset time, string because)
    {
        if (time < next)
            (next, nextBecause) = (time, because);
    }

    /// <summary>Puts a site into a state; the counts follow.</summary>
    private void Set(int index, RolloutMember member)
    {
        var before = members[index];
        counts[before.Wave].Add(before, -1);
        members[index] = member;
        counts[member.Wave].Add(member, 1);
    }
}
