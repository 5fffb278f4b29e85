using Flotilla.Agent.Links;
using Flotilla.Agent.State;
using Flotilla.Agent.Tests.Sites;
using Flotilla.Api;
using Flotilla.Api.Sync;
using Flotilla.Content;
using Flotilla.Simulation.Time;

namespace Flotilla.Agent.Tests.Links;

public sealed class LinkBudgetTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_carried_is_counted_by_day_over_restarts()
    {
        var time = new SimulatedTime(new DateTimeOffset(2026, 1, 1, 22, 0, 0, TimeSpan.Zero));
        await using var state = new MemoryState(new MemoryContentStore(), "stream");
        long wire = 500;
        var book = new LinkBook(state, () => wire, time);
        Assert.Equal(0, book.Today.Total);
        book.Content(1000);
        book.DesiredState(200);
        book.Journal(300);
        wire += 1800;
        Assert.Equal(new LinkDay("2026-01-01", 200, 1000, 300, 300), book.Today);
        await book.KeepAsync(isLast: true, Cancelled);

        // Another process, whose connections begin at nothing.
        wire = 0;
        book = new LinkBook(state, () => wire, time);
        Assert.Equal(1800, book.Today.Total);
        book.Content(50);
        wire += 60;
        Assert.Equal(new LinkDay("2026-01-01", 200, 1050, 300, 310), book.Today);

        await time.PassAsync(TimeSpan.FromHours(3), Cancelled);
        wire += 7;
        book.Journal(5);
        Assert.Equal(1867, book.Yesterday!.Total);
        Assert.Equal(("2026-01-02", 5L), (book.Today.Day, book.Today.Total));
        await book.KeepAsync(isLast: true, Cancelled);

        // Off for a week: the last day that it was there is what it tells.
        await time.PassAsync(TimeSpan.FromDays(7), Cancelled);
        book = new LinkBook(state, () => 0, time);
        Assert.Equal(("2026-01-09", 0L), (book.Today.Day, book.Today.Total));
        Assert.Equal("2026-01-02", book.Yesterday!.Day);
    }

    [Fact]
    public async Task It_is_told_when_a_part_of_the_budget_is_passed_and_not_with_each_byte()
    {
        var time = new SimulatedTime(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var state = new MemoryState(new MemoryContentStore(), "stream");
        var book = new LinkBook(state, null, time);
        long? daily = null;
        var budget = new LinkBudget(book, () => daily, time);
        book.Content(10_000);
        Assert.Null(budget.Report(isMetered: false));
        Assert.Null(budget.Report(isMetered: true)!.Today);
        Assert.True(budget.HasRoomForContent && budget.HasRoomForJournal);

        daily = 100_000;
        var told = new HashSet<LinkReport>();
        for (var i = 0; i < 100; i++)
        {
            told.Add(budget.Report(isMetered: false)!);
            book.Content(1000);
        }
        // At the beginning, and at 50, 80, 95 and 100 %.
        Assert.Equal([10_000L, 50_000, 80_000, 95_000, 100_000], told.Select(r => r.Today?.Total ?? 10_000).Order());
        Assert.Equal(3, told.Count(r => r.Spent));
        Assert.False(budget.HasRoomForContent || budget.HasRoomForJournal);
        await time.PassAsync(budget.UntilNextDay, Cancelled);
        Assert.True(budget.HasRoomForContent && budget.HasRoomForJournal);
        Assert.Equal(110_000, budget.Report(isMetered: false)!.Yesterday!.Total);
    }

    [Fact]
    public async Task A_release_that_is_larger_than_a_days_budget_comes_over_several_and_what_is_essential_goes_on()
    {
        await using var ground = await AgentGround.StartAsync();
        var hub = ground.Hub;
        var small = await hub.PublishAsync(AgentGround.ConfigMap("hello"));
        var large = await hub.PublishAsync(AgentGround.ConfigMap(Noise(100_000)));
        // The wire of a test brings the whole of a blob at once, cut where the test says.
        hub.CutsContentAfter = 10_000;
        var policy = new SyncPolicy { HoldSeconds = 0, IntervalSeconds = 3600, DailyBytes = 60_000 };
        hub.Want(hub.State(1, small) with { Sync = policy });
        var partial = Directory.CreateTempSubdirectory("flotilla-partial");
        ground.Boot(new MemoryState(new MemoryContentStore(), "stream") { PartialFolder = partial.FullName });
        await ground.UntilAsync(() => hub.Report?.Applied?.Release == small.Release);

        hub.Want(hub.State(2, large) with { Sync = policy });
        await ground.UntilAsync(() => hub.Report?.Reason == Reasons.LinkBudgetSpent, minutes: 120);
        Assert.Equal(SitePhase.Staging, hub.Report!.Phase);
        Assert.Matches(@"^0\.0 of 0\.1 MB of this day are used; .*", hub.Report.Message);
        Assert.True(hub.Report.Link is { Budget: 60_000, Spent: true });
        Assert.InRange(hub.ContentSent, 40_000, 60_000);

        // Still the same day: nothing more of it comes, and what is wanted instead is heard of.
        var sent = hub.ContentSent;
        await ground.Time.PassAsync(TimeSpan.FromHours(12), Cancelled);
        Assert.Equal(sent, hub.ContentSent);
        hub.Want(hub.State(3, large, mayBegin: false) with { Sync = policy });
        await ground.UntilAsync(() => hub.Report?.Sequence == 3, minutes: 120);

        await ground.UntilAsync(() => hub.Report?.Reason == Reasons.WaitingForPermit, minutes: 4 * 24 * 60);
        Assert.InRange(ground.Time.GetUtcNow(), new DateTimeOffset(2026, 1, 3, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 1, 4, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal("2026-01-02", hub.Report!.Link!.Yesterday!.Day);
        Assert.InRange(hub.Report.Link.Yesterday.Content, 40_000, 60_000);
        // What came on the first day was not sent again on the second.
        Assert.InRange(hub.ContentSent, 100_000, 125_000);
        await ground.ShutDownAsync();
        Assert.Empty(partial.GetFiles());
        partial.Delete(recursive: true);
    }

    [Fact]
    public async Task A_way_out_of_a_failure_is_worth_more_than_the_budget()
    {
        await using var ground = await AgentGround.StartAsync();
        var hub = ground.Hub;
        var large = await hub.PublishAsync(AgentGround.ConfigMap(Noise(100_000)));
        hub.CutsContentAfter = 10_000;
        var state = hub.State(1, large);
        hub.Want(state with { Permit = state.Permit! with { AnyTime = true }, Sync = new SyncPolicy { HoldSeconds = 240, IntervalSeconds = 3600, DailyBytes = 1000 } });
        ground.Boot();
        await ground.UntilAsync(() => hub.Report?.Applied?.Release == large.Release);
        Assert.True(hub.Report!.Link!.Spent);
    }

    [Fact]
    public async Task The_journal_waits_for_the_next_day_and_the_report_does_not()
    {
        await using var ground = await AgentGround.StartAsync();
        var hub = ground.Hub;
        var release = await hub.PublishAsync(AgentGround.ConfigMap("hello"));
        var state = hub.State(1, release);
        hub.Want(state with { Permit = state.Permit! with { AnyTime = true }, Sync = new SyncPolicy { HoldSeconds = 0, IntervalSeconds = 3600, DailyBytes = 2000 } });
        ground.Boot();
        await ground.UntilAsync(() => hub.Report?.Phase == SitePhase.Settled && hub.Report.Applied?.Release == release.Release, minutes: 180);
        Assert.True(ground.State.Journal.Last > hub.Entries.Count, "the journal went out, too");
        await ground.Time.PassAsync(TimeSpan.FromHours(12), Cancelled);
        Assert.True(ground.State.Journal.Last > hub.Entries.Count, "the journal went out on the same day");
        await ground.UntilAsync(() => ground.State.Journal.Last == hub.Entries.Count, minutes: 24 * 60);
        Assert.Equal(2, ground.Time.GetUtcNow().Day);
    }

    private static string Noise(int length)
    {
        var chance = new Random(1);
        return string.Concat(Enumerable.Range(0, length).Select(_ => (char)('a' + chance.Next(26))));
    }
}
