using Flotilla.Api.Sync;
using Flotilla.Hub.Ledger;

namespace Flotilla.Hub.Tests.Ledger;

public abstract partial class LedgerContract
{
    [Fact]
    public async Task What_the_first_version_left_is_kept_and_goes_on()
    {
        var place = await FirstVersionAsync();
        Assert.SkipWhen(place is null, "nothing is left of a ledger in memory");
        Place = place;
        Ledger = await OpenAsync();

        var then = new DateTimeOffset(FirstVersion.Ticks, TimeSpan.Zero);
        Assert.Equal(new SiteKeys("k", "s", "e", then), await Ledger.KeysAsync(Store, Cancellation));
        Assert.Equal(new FleetRecord(4, "document"), await Ledger.FleetAsync("retail", "stores", Cancellation));
        Assert.Equal(["a1"], await StoryAsync(Ledger));
        var facts = (await Ledger.FactsAsync(Store, Cancellation))!;
        var permit = new StartPermit("sha256:release", then, then.AddDays(1));
        Assert.Equal((3L, 7L, 6L, 7L, 0L, false), (facts.Epoch, facts.Sequence, facts.TakenSequence, facts.PermitSequence, facts.SentSequence, facts.Delivered));
        Assert.Equal(("stores", permit, then, "i"), (facts.Fleet, facts.Permit, facts.Permitted, facts.Inputs));

        var next = Target(Store, 8, epoch: 3) with { Permit = permit };
        var rollout = new RolloutCommit("stores-1") { Document = "one", Members = [new("store-0042", "waits")], Story = ["{}"] };
        Assert.False(await SetAsync(Lease(3), next));
        Assert.True(await Ledger.CommitAsync(Lease(4), new FleetCommit { Targets = [next], Rollouts = [rollout] }, Cancellation));
        var sync = Request("a", 2) with { Epoch = 3, Sequence = 6 };
        Assert.Equal((2L, 8L), await Ledger.SyncAsync(Store, sync, Now, Cancellation) is { Target: { } handed } outcome ? (outcome.Acknowledged, handed.Sequence) : default);
        Assert.Equal(EnrolmentResult.Enrolled, (await Ledger.EnrolAsync("t", Keys("ship"), then, Cancellation)).Result);
        await OpenAgainAsync();
        Assert.Equal(["a1", "a2"], await StoryAsync(Ledger));
        facts = (await Ledger.FactsAsync(Store, Cancellation))!;
        Assert.Equal((7L, 8L, true), (facts.PermitSequence, facts.SentSequence, facts.Delivered));
        Assert.Equal("waits", Assert.Single((await Ledger.RolloutAsync("retail", "stores-1", Cancellation))!.Members).Document);
        Assert.Single(await Ledger.StoryAsync("retail", "stores-1", 0, 10, Cancellation));
        Assert.Equal(2, (await AllFactsAsync()).Count(f => f.Enrolled));
    }
}
