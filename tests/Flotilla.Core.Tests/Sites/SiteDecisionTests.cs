using Flotilla.Api;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Core.Sites;

namespace Flotilla.Core.Tests.Sites;

public sealed class SiteDecisionTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ReleaseTarget Release = new("sha256:rev", "sha256:rel");
    private static readonly SiteFacts Fine = new()
    {
        Site = new("retail", "s1"),
        Enrolled = true,
        LastSeen = Now.AddMinutes(-1),
        Fleet = "stores",
        Stage = Release,
        Permit = new(Release.Release, Now.AddHours(-2), Now.AddHours(2)),
        Permitted = Now.AddHours(-2),
        Epoch = 1,
        Sequence = 3,
        TakenEpoch = 1,
        TakenSequence = 3,
        AppliedRelease = Release.Release,
        AppliedRevision = Release.Revision,
        Healthy = true,
    };

    private static readonly SiteOutlook Done = new(SiteStanding.Done, Reasons.UpToDate, "");

    /// <summary>What is known, and the conditions in the order Enrolled, Connected, InSync, UpToDate, Healthy.</summary>
    public static TheoryData<string, SiteFacts?, SiteOutlook?, string> Cases => new()
    {
        { "nothing known", null, null, "False:NeverEnrolled False:NeverEnrolled Unknown:NeverEnrolled Unknown:WaitingForFleet Unknown:NeverEnrolled" },
        { "all well", Fine, Done, "True:Enrolled True:Connected True:InSync True:UpToDate True:Healthy" },
        {
            "something was left out of the journal", Fine with { Gap = new(41, Now.AddDays(-9), Now.AddDays(-2)) }, Done,
            "True:Enrolled True:Connected True:InSync True:UpToDate True:Healthy False:JournalCompacted"
        },
        { "never seen", new() { Site = Fine.Site, Enrolled = true }, Done, "True:Enrolled False:NeverSeen Unknown:NeverSeen True:UpToDate Unknown:NeverSeen" },
        { "away", Fine with { LastSeen = Now.AddMinutes(-6) }, Done, "True:Enrolled False:Away Unknown:Away True:UpToDate Unknown:Away" },
        {
            "silent after its permit", Fine with { LastSeen = Now.AddMinutes(-6), AppliedRelease = "sha256:old" }, new(SiteStanding.Silent, Reasons.Silent, ""),
            "True:Enrolled False:Silent Unknown:Silent True:UpToDate Unknown:Silent"
        },
        { "not taken", Fine with { Sequence = 4 }, Done, "True:Enrolled True:Connected False:NotTakenYet True:UpToDate True:Healthy" },
        { "taken in an older epoch", Fine with { Epoch = 2, Sequence = 1 }, Done, "True:Enrolled True:Connected False:NotTakenYet True:UpToDate True:Healthy" },
        { "drifted", Fine with { Drifted = true }, Done, "True:Enrolled True:Connected False:Drifted True:UpToDate True:Healthy" },
        { "ill", Fine with { Healthy = false, Reason = "CrashLoop" }, Done, "True:Enrolled True:Connected True:InSync True:UpToDate False:CrashLoop" },
        {
            "waits for a slot", Fine with { AppliedRelease = "sha256:old", Permit = null }, new(SiteStanding.Waiting, Reasons.WaitingForSlot, "Waits for a slot."),
            "True:Enrolled True:Connected False:WaitingForPermit False:WaitingForSlot True:Healthy"
        },
        {
            "fetching", Fine with { AppliedRelease = null, Phase = SitePhase.Staging, Healthy = false }, new(SiteStanding.Changing, Reasons.UpToDate, ""),
            "True:Enrolled True:Connected False:Staging True:UpToDate Unknown:NothingApplied"
        },
        {
            "applying", Fine with { AppliedRelease = "sha256:old", Phase = SitePhase.Applying }, new(SiteStanding.Changing, Reasons.UpToDate, ""),
            "True:Enrolled True:Connected False:Applying True:UpToDate True:Healthy"
        },
        {
            "failed", Fine with { AppliedRelease = "sha256:old", Phase = SitePhase.Failed, Healthy = false, Reason = "Forbidden" }, new(SiteStanding.Failed, Reasons.ApplyFailed, ""),
            "True:Enrolled True:Connected False:Forbidden True:UpToDate False:Forbidden"
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Conditions_follow_from_what_is_known(string name, SiteFacts? facts, SiteOutlook? outlook, string expected)
    {
        var decision = SiteDecision.Decide(Observe(facts, outlook), Now);

        Assert.Equal(expected, string.Join(' ', decision.Status.Conditions.Select(c => $"{c.Status}:{c.Reason}")));
        Assert.All(decision.Status.Conditions, c => Assert.Matches("^[A-Z].*[.]$", c.Message));
        Assert.NotEmpty(name);
    }

    [Fact]
    public void What_a_link_carried_is_mirrored_when_it_is_told_and_written_once()
    {
        var day = new LinkDay("2026-02-28", 1, 20, 300, 4000);
        var observed = new SiteObservation { Site = new() { Metadata = new() { Name = "s1", Namespace = "retail" } }, Facts = Fine with { Link = new() { Yesterday = day } }, Fleets = ["stores"], Outlook = Done };
        var decision = SiteDecision.Decide(observed, Now);
        Assert.Equal(new SiteLinkUse { Day = "2026-02-28", Total = 4321, DesiredState = 1, Content = 20, Journal = 300, Overhead = 4000 }, decision.Status.Link);
        var again = observed with { Site = observed.Site with { Status = decision.Status } };
        Assert.Empty(SiteDecision.Decide(again, Now).Actions);
        // The present day is told only when a part of the budget is passed; then it is what counts.
        var spent = again with { Facts = Fine with { Link = new() { Yesterday = day, Today = day with { Day = "2026-03-01" }, Budget = 5000, Spent = true } } };
        Assert.Equal(("2026-03-01", true), (SiteDecision.Decide(spent, Now).Status.Link!.Day, SiteDecision.Decide(spent, Now).Status.Link!.Spent));
        Assert.Single(SiteDecision.Decide(spent, Now).Actions);
    }

    [Fact]
    public void A_site_of_no_fleet_or_of_several_keeps_its_target_and_says_so()
    {
        var none = SiteDecision.Decide(Observe(Fine, null) with { Fleets = [] }, Now);
        var two = SiteDecision.Decide(Observe(Fine, null) with { Fleets = ["a", "b"] }, Now);

        Assert.Equal(Reasons.NoFleet, Condition(none.Status, "UpToDate").Reason);
        Assert.Equal(Reasons.SeveralFleets, Condition(two.Status, "UpToDate").Reason);
        Assert.Contains("a and b", Condition(two.Status, "UpToDate").Message, StringComparison.Ordinal);
        Assert.All([none, two], d => Assert.Equal(Release.Release, d.Status.Target?.Release));
    }

    [Fact]
    public void Nothing_is_written_while_nothing_means_anything_else()
    {
        var first = SiteDecision.Decide(Observe(Fine, Done), Now);
        var later = Fine with { LastSeen = Now.AddHours(3).AddSeconds(-7) };
        var second = SiteDecision.Decide(Observe(later, Done, first.Status), Now.AddHours(3));

        Assert.Single(first.Actions);
        Assert.Equal(Fine.LastSeen, first.Status.LastSeen);
        Assert.Empty(second.Actions);
        Assert.Same(first.Status, second.Status);
    }

    [Fact]
    public void Every_look_at_a_connected_site_is_followed_by_one_when_its_time_is_over()
    {
        var first = SiteDecision.Decide(Observe(Fine, Done), Now);
        var next = Assert.IsType<NextLook.After>(first.Next);

        var then = SiteDecision.Decide(Observe(Fine, Done, first.Status), Now + next.Delay);

        Assert.Equal(Reasons.Away, Condition(then.Status, "Connected").Reason);
        Assert.Equal(ConditionStatus.Unknown, Condition(then.Status, "InSync").Status);
        Assert.Equal(ConditionStatus.Unknown, Condition(then.Status, "Healthy").Status);
        Assert.Equal(Fine.LastSeen, then.Status.LastSeen);
    }

    [Fact]
    public void A_condition_remembers_since_when_it_holds()
    {
        var first = SiteDecision.Decide(Observe(Fine, Done), Now).Status;
        var ill = SiteDecision.Decide(Observe(Fine with { Healthy = false, LastSeen = Now.AddMinutes(9) }, Done, first), Now.AddMinutes(10)).Status;

        Assert.Equal(Now, Condition(ill, "Connected").LastTransitionTime);
        Assert.Equal(Now.AddMinutes(10), Condition(ill, "Healthy").LastTransitionTime);
    }

    [Theory]
    [InlineData(null, false, 300, 240, 150)]
    [InlineData("1h", false, 3600, 240, 1800)]
    [InlineData("1m", false, 60, 48, 30)]
    [InlineData(null, true, 7200, 0, 3600)]
    [InlineData("720h", true, 2592000, 0, 3600)]
    [InlineData("rubbish", false, 300, 240, 150)]
    public void A_site_asks_more_often_than_it_is_expected_to_be_heard_of(string? expectedAway, bool metered, int away, int hold, int interval)
    {
        var link = new SiteLink { ExpectedAway = expectedAway, Metered = metered };

        Assert.Equal(TimeSpan.FromSeconds(away), LinkExpectation.ExpectedAway(link));
        Assert.Equal(new SyncPolicy { HoldSeconds = hold, IntervalSeconds = interval }, LinkExpectation.Policy(link));
    }

    private static SiteObservation Observe(SiteFacts? facts, SiteOutlook? outlook, SiteStatus? before = null) => new()
    {
        Site = new Site { Metadata = new() { Name = "s1", Namespace = "retail", Generation = 4 }, Status = before },
        Facts = facts,
        Fleets = ["stores"],
        Outlook = outlook,
    };

    private static Condition Condition(SiteStatus status, string type) => status.Conditions.Single(c => c.Type == type);
}
