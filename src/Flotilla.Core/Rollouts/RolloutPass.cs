using Flotilla.Api.Rollouts;
using Flotilla.Core.Fleets;

namespace Flotilla.Core.Rollouts;

/// <summary>One step: look at every site, follow what people ask, count failures, walk through waves and gates, give permits, end.</summary>
internal sealed partial class RolloutPass
{
    private readonly RolloutObservation observed;
    private readonly RolloutTerms terms;
    private readonly DateTimeOffset now;
    private readonly SiteSight[] sights;
    private readonly Dictionary<int, SiteLook> failures = [];
    private readonly List<FleetAction> actions = [];
    private readonly List<StoryEntry> story = [];
    private readonly List<GateQuestion> questions = [];
    private readonly List<RolloutWait> waits = [];
    private readonly WaveCount[] counts;
    private readonly int slots;
    private RolloutMember[] members;
    private RolloutRecord record;
    private FleetProblem? quarantine;
    private DateTimeOffset next = DateTimeOffset.MaxValue;
    private string nextBecause = "";

    public RolloutPass(RolloutObservation observed, DateTimeOffset now)
    {
        (this.observed, this.now) = (observed, now);
        (record, terms) = (observed.Record, observed.Terms);
        members = observed.Members as RolloutMember[] ?? [.. observed.Members];
        sights = new SiteSight[members.Length];
        counts = new WaveCount[record.Waves.Count];
        slots = terms.MaxConcurrent.SlotsOf(members.Length);
    }

    public IReadOnlyList<FleetAction> Actions => actions;

    public RolloutOutcome Outcome => new()
    {
        Record = record,
        Members = members,
        Changed = Changed(),
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

    private List<int> Changed()
    {
        var changed = new List<int>();
        if (ReferenceEquals(members, observed.Members))
            return changed;
        for (var i = 0; i < members.Length; i++)
        {
            if (!ReferenceEquals(members[i], observed.Members[i]))
                changed.Add(i);
        }
        return changed;
    }

    /// <summary>Puts a site into a state; the counts follow.</summary>
    private void Set(int index, RolloutMember member)
    {
        // What was observed stays as it is; most steps change nobody, and copy nothing.
        if (ReferenceEquals(members, observed.Members))
            members = [.. members];
        var before = members[index];
        counts[before.Wave].Add(before, -1);
        members[index] = member;
        counts[member.Wave].Add(member, 1);
    }
}
