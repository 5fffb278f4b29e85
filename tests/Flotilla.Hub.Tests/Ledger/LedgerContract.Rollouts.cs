using System.Globalization;
using System.Text.Json.Nodes;
using Flotilla.Hub.Ledger;

namespace Flotilla.Hub.Tests.Ledger;

public abstract partial class LedgerContract
{
    [Fact]
    public async Task A_rollout_comes_back_with_its_members_in_order()
    {
        Assert.Null(await Ledger.RolloutAsync("retail", "stores-1", Cancellation));
        Assert.True(await CommitAsync(new RolloutCommit("stores-1") { Document = "one", Members = [new("b", "waits"), new("B", "waits"), new("a-1", "waits")] }));
        Assert.True(await CommitAsync(new RolloutCommit("stores-1") { Members = [new("b", "applies"), new("c", "joins")] }));
        Assert.True(await CommitAsync(new RolloutCommit("stores-2") { Document = "two" }));
        for (var round = 0; round < 2; round++, await OpenAgainAsync())
        {
            var rollout = (await Ledger.RolloutAsync("retail", "stores-1", Cancellation))!;
            Assert.Equal(new StoredRolloutHead("stores-1", "stores", "one", false), rollout.Head);
            Assert.Equal([new("B", "waits"), new("a-1", "waits"), new("b", "applies"), new("c", "joins")], rollout.Members);
            Assert.Equal(["stores-2", "stores-1"], (await Ledger.RolloutsAsync("retail", "stores", Cancellation)).Select(r => r.Name));
        }
        Assert.Empty(await Ledger.RolloutsAsync("retail", "other", Cancellation));
        Assert.Null(await Ledger.RolloutAsync("other", "stores-1", Cancellation));
    }

    [Fact]
    public async Task All_that_was_decided_is_written_together_or_not_at_all()
    {
        var commit = new FleetCommit
        {
            Targets = [Target(Store, 1), Target(Ship, 2)],
            Document = "fleet",
            Rollouts = [new RolloutCommit("stores-1") { Document = "one", Members = [new("store-0042", "waits")], Story = ["{}"] }],
        };
        Assert.False(await Ledger.CommitAsync(Lease(1), commit, Cancellation));
        Assert.Null(await Ledger.FleetAsync("retail", "stores", Cancellation));
        Assert.Null(await Ledger.RolloutAsync("retail", "stores-1", Cancellation));

        Assert.True(await Ledger.CommitAsync(Lease(2), commit with { Targets = [Target(Store, 1)] }, Cancellation));
        Assert.False(await Ledger.CommitAsync(Lease(1), new FleetCommit { Rollouts = [new RolloutCommit("stores-1") { Document = "old holder" }] }, Cancellation));
        Assert.Equal(1, (await Ledger.TargetAsync(Store, Cancellation))!.Sequence);
        Assert.Equal(new FleetRecord(2, "fleet"), await Ledger.FleetAsync("retail", "stores", Cancellation));
        var rollout = (await Ledger.RolloutAsync("retail", "stores-1", Cancellation))!;
        Assert.Equal(("one", new StoredMember("store-0042", "waits")), (rollout.Head.Document, Assert.Single(rollout.Members)));
        Assert.Equal(new StoryLine(1, "{}"), Assert.Single(await Ledger.StoryAsync("retail", "stores-1", 0, 10, Cancellation)));
    }

    [Fact]
    public async Task What_cannot_be_a_rollout_is_refused_and_leaves_nothing()
    {
        var incomplete = new FleetCommit { Targets = [Target(Store, 1)], Rollouts = [new RolloutCommit("stores-1") { Story = ["{}"] }] };
        var e = await Assert.ThrowsAsync<LedgerException>(() => Ledger.CommitAsync(Lease(1), incomplete, Cancellation));
        Assert.Equal("rollout retail/stores-1 is new here and has no document: write it whole.", e.Message);
        Assert.Null(await Ledger.TargetAsync(Store, Cancellation));

        await CommitAsync(new RolloutCommit("stores-1") { Document = "one" });
        var other = new FleetCommit { Rollouts = [new RolloutCommit("stores-1") { Document = "two" }] };
        e = await Assert.ThrowsAsync<LedgerException>(() => Ledger.CommitAsync(new FleetLease("retail", "other", 1), other, Cancellation));
        Assert.Equal("rollout retail/stores-1 belongs to the fleet stores, not to other: choose another name.", e.Message);
        Assert.Equal("one", (await Ledger.RolloutAsync("retail", "stores-1", Cancellation))!.Head.Document);
    }

    [Fact]
    public async Task A_story_is_numbered_without_gaps_and_read_in_pages()
    {
        await CommitAsync(new RolloutCommit("stores-1") { Document = "one", Story = [Line(1), Line(2)] });
        await CommitAsync(new RolloutCommit("stores-2") { Document = "two", Story = [Line(1)] });
        await CommitAsync(new RolloutCommit("stores-1") { Story = [Line(3), Line(4), Line(5)] });
        await OpenAgainAsync();
        Assert.Equal([new(2, Line(2)), new(3, Line(3))], await Ledger.StoryAsync("retail", "stores-1", 1, 2, Cancellation));
        Assert.Equal([4L, 5L], (await Ledger.StoryAsync("retail", "stores-1", 3, 100, Cancellation)).Select(l => l.Number));
        Assert.Single(await Ledger.StoryAsync("retail", "stores-2", 0, 100, Cancellation));
    }

    [Fact]
    public async Task A_story_without_end_keeps_its_beginning_and_its_newest_lines_and_says_so()
    {
        await CommitAsync(new RolloutCommit("stores-1") { Document = "one", Story = Lines(1, 10_000) });
        Assert.Equal(10_000, (await WholeStoryAsync()).Count);
        await CommitAsync(new RolloutCommit("stores-1") { Story = Lines(10_001, 1) });
        await AssertShortAsync(1001, 10_001);
        await CommitAsync(new RolloutCommit("stores-1") { Story = Lines(10_002, 899) });
        await AssertShortAsync(1001, 10_900);
        await CommitAsync(new RolloutCommit("stores-1") { Story = Lines(10_901, 1) });
        await AssertShortAsync(1901, 10_901);

        async Task AssertShortAsync(int gone, int last)
        {
            var story = await WholeStoryAsync();
            Assert.InRange(story.Count, 9_000, 10_000);
            Assert.Equal([.. Numbers(1, 101), .. Numbers(gone + 1, last - gone)], story.Select(l => l.Number));
            Assert.All(story.Where(l => l.Number != 101), l => Assert.Equal(Line((int)l.Number), l.Text));
            Assert.Equal($"lines 101 to {gone} are no longer kept: the story has the first 100 and the newest", JsonNode.Parse(story[100].Text)!["message"]!.GetValue<string>());
        }

        Task<IReadOnlyList<StoryLine>> WholeStoryAsync() => Ledger.StoryAsync("retail", "stores-1", 0, 20_000, Cancellation);
    }

    [Fact]
    public async Task Of_rollouts_that_ended_the_newest_keep_their_members_and_very_old_ones_go()
    {
        static RolloutCommit Rollout(int number) =>
            new(string.Create(CultureInfo.InvariantCulture, $"stores-{number}")) { Document = "d", Members = [new("a", "m")], Story = ["{}"], Ended = number > 1 };
        var others = new FleetCommit { Rollouts = [new RolloutCommit("other-1") { Document = "d", Members = [new("a", "m")], Ended = true }] };
        Assert.True(await Ledger.CommitAsync(new FleetLease("retail", "other", 1), others, Cancellation));

        Assert.True(await CommitAsync([.. Enumerable.Range(1, 30).Select(Rollout)]));
        var heads = await Ledger.RolloutsAsync("retail", "stores", Cancellation);
        Assert.Equal(30, heads.Count);
        Assert.Equal([false], heads.Where(h => h.Name == "stores-1").Select(h => h.Ended));
        var with = new List<string>();
        foreach (var head in heads)
        {
            Assert.Single(await Ledger.StoryAsync("retail", head.Name, 0, 10, Cancellation));
            if ((await Ledger.RolloutAsync("retail", head.Name, Cancellation))!.Members.Count > 0)
                with.Add(head.Name);
        }
        Assert.Equal([.. Enumerable.Range(11, 20).Reverse().Select(n => $"stores-{n}"), "stores-1"], with);

        Assert.True(await CommitAsync([.. Enumerable.Range(31, 180).Select(Rollout)]));
        heads = await Ledger.RolloutsAsync("retail", "stores", Cancellation);
        Assert.Equal([.. Enumerable.Range(11, 200).Reverse().Select(n => $"stores-{n}"), "stores-1"], heads.Select(h => h.Name));
        Assert.Empty(await Ledger.StoryAsync("retail", "stores-10", 0, 10, Cancellation));
        Assert.Single((await Ledger.RolloutAsync("retail", "stores-1", Cancellation))!.Members);
        Assert.Single((await Ledger.RolloutAsync("retail", "other-1", Cancellation))!.Members);
    }

    [Fact]
    public async Task What_is_over_stays_so()
    {
        await CommitAsync(new RolloutCommit("stores-1") { Document = "over", Ended = true });
        await CommitAsync(new RolloutCommit("stores-1") { Document = "over, and more is known", Story = ["{}"] });
        Assert.Equal(new StoredRolloutHead("stores-1", "stores", "over, and more is known", true), (await Ledger.RolloutAsync("retail", "stores-1", Cancellation))!.Head);
    }

    [Fact]
    public async Task A_whole_large_fleet_is_committed_at_once()
    {
        var sites = Enumerable.Range(0, 10_000).Select(i => new Flotilla.Api.Sites.SiteName("retail", string.Create(CultureInfo.InvariantCulture, $"store-{i:00000}"))).ToList();
        var document = new string('x', 300);
        for (var sequence = 1; sequence <= 2; sequence++)
        {
            var commit = new FleetCommit
            {
                Targets = [.. sites.Select(s => Target(s, sequence))],
                Rollouts = [new RolloutCommit("stores-1") { Document = "d", Members = [.. sites.Select(s => new StoredMember(s.Name, document + sequence))] }],
            };
            Assert.True(await Ledger.CommitAsync(Lease(1), commit, Cancellation));
        }
        Assert.Equal(sites.Select(s => new StoredMember(s.Name, document + 2)), (await Ledger.RolloutAsync("retail", "stores-1", Cancellation))!.Members);
        Assert.All(await AllFactsAsync(), f => Assert.Equal(2, f.Sequence));
    }

    private Task<bool> CommitAsync(params RolloutCommit[] rollouts) => Ledger.CommitAsync(Lease(1), new FleetCommit { Rollouts = rollouts }, Cancellation);

    private static string Line(int number) => string.Create(CultureInfo.InvariantCulture, $$"""{"message":"line {{number}}"}""");

    private static string[] Lines(int first, int count) => [.. Enumerable.Range(first, count).Select(Line)];
}
