using System.Threading.Channels;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Core.Sites;
using Flotilla.Hub.Ledger;

namespace Flotilla.Hub.Tests.Ledger;

public abstract partial class LedgerContract
{
    [Fact]
    public async Task A_target_comes_back_as_it_was()
    {
        var target = Target(Store, 1) with
        {
            Permit = new StartPermit("sha256:release-1", Now.AddTicks(7), Now.AddHours(1)) { AnyTime = true },
            PreviousGood = new ReleaseTarget("sha256:old", "sha256:older"),
            Permitted = Now.AddTicks(3),
            Inputs = "as declared",
        };
        Assert.True(await SetAsync(Lease(1), target));
        for (var round = 0; round < 2; round++, await OpenAgainAsync())
        {
            var stored = (await Ledger.TargetAsync(Store, Cancellation))!;
            Assert.Equal(target.Envelope, stored.Envelope);
            Assert.Equal(target, stored with { Envelope = target.Envelope });
            var facts = (await Ledger.FactsAsync(Store, Cancellation))!;
            Assert.Equal(
                new SiteFacts
                {
                    Site = Store,
                    Fleet = "stores",
                    Stage = target.Stage,
                    Permit = target.Permit,
                    PreviousGood = target.PreviousGood,
                    Permitted = target.Permitted,
                    Epoch = 1,
                    Sequence = 1,
                    PermitSequence = 1,
                    Inputs = target.Inputs,
                },
                facts);
        }
    }

    [Fact]
    public async Task A_sync_is_answered_with_the_target_while_it_is_newer()
    {
        await EnrolAsync(Store);
        Assert.Null((await Ledger.SyncAsync(Store, Request("a"), Now, Cancellation))!.Target);
        await SetAsync(Lease(1), Target(Store, 1));
        Assert.Equal(1, (await Ledger.SyncAsync(Store, Request("a"), Now, Cancellation))!.Target!.Sequence);
        var taken = Request("a") with { Epoch = 1, Sequence = 1 };
        Assert.Null((await Ledger.SyncAsync(Store, taken, Now, Cancellation))!.Target);
        await SetAsync(Lease(1), Target(Store, 2));
        Assert.Equal([1, 2, 2], (await Ledger.SyncAsync(Store, taken, Now, Cancellation))!.Target!.Envelope);
        Assert.Null((await Ledger.SyncAsync(Store, taken with { Epoch = 9 }, Now, Cancellation))!.Target);
    }

    [Fact]
    public async Task Targets_are_set_together_or_not_at_all()
    {
        await SetAsync(Lease(1), Target(Ship, 1));
        Assert.False(await SetAsync(Lease(1), Target(Store, 1), Target(Ship, 1)));
        Assert.Null(await Ledger.TargetAsync(Store, Cancellation));
        Assert.False(await SetAsync(Lease(1), Target(Store, 1), Target(Ship, 3)));
        Assert.Null(await Ledger.FactsAsync(Store, Cancellation));
        Assert.False(await SetAsync(Lease(1), Target(Ship, 2, epoch: 0)));
        Assert.True(await SetAsync(Lease(1), Target(Store, 1), Target(Ship, 2)));
    }

    [Fact]
    public async Task An_old_holder_of_a_lease_writes_no_more()
    {
        Assert.True(await SetAsync(Lease(1), Target(Store, 1)));
        Assert.True(await SetAsync(Lease(2), Target(Ship, 1)));
        Assert.False(await SetAsync(Lease(1), Target(Store, 2)));
        Assert.False(await Ledger.CommitAsync(Lease(1), new FleetCommit { Document = "old" }, Cancellation));
        Assert.True(await SetAsync(Lease(2), Target(Store, 2)));
        Assert.True(await SetAsync(new FleetLease("retail", "other", 1), Target(Ship, 2)));
    }

    [Fact]
    public async Task Two_holders_at_once_never_both_move_a_site()
    {
        for (var sequence = 1; sequence <= 20; sequence++)
        {
            var outcomes = await Task.WhenAll(
                SetAsync(Lease(sequence), Target(Store, sequence), Target(Ship, sequence)),
                SetAsync(Lease(sequence + 1), Target(Ship, sequence), Target(Store, sequence)));
            Assert.Single(outcomes, true);
            Assert.Equal(sequence, (await Ledger.TargetAsync(Store, Cancellation))!.Sequence);
            Assert.Equal(sequence, (await Ledger.TargetAsync(Ship, Cancellation))!.Sequence);
        }
    }

    [Fact]
    public async Task A_fleet_has_a_document_with_the_epoch_that_wrote_it()
    {
        Assert.Null(await Ledger.FleetAsync("retail", "stores", Cancellation));
        await SetAsync(Lease(1));
        Assert.Null(await Ledger.FleetAsync("retail", "stores", Cancellation));
        Assert.True(await Ledger.CommitAsync(Lease(1), new FleetCommit { Document = "one" }, Cancellation));
        Assert.True(await Ledger.CommitAsync(Lease(1), new FleetCommit { Document = "two" }, Cancellation));
        Assert.Equal(new FleetRecord(1, "two"), await Ledger.FleetAsync("retail", "stores", Cancellation));
        await SetAsync(Lease(3));
        Assert.Equal(new FleetRecord(3, "two"), await (await OpenAgainAsync()).FleetAsync("retail", "stores", Cancellation));
    }

    [Fact]
    public async Task Whoever_listens_hears_after_it_is_stored_and_no_more_when_gone()
    {
        var heard = Channel.CreateUnbounded<LedgerChange>();
        var subscription = Ledger.Subscribe(change => heard.Writer.TryWrite(change));
        await EnrolAsync(Store);
        await SendAsync(Request("a", 1));
        await SetAsync(Lease(1), Target(Store, 1));
        await Ledger.RemoveAsync(Store, Cancellation);
        foreach (var kind in (LedgerChangeKind[])[LedgerChangeKind.Enrolment, LedgerChangeKind.Report, LedgerChangeKind.Target, LedgerChangeKind.Removed])
            Assert.Equal(new LedgerChange(kind, Store), await heard.Reader.ReadAsync(Cancellation));
        subscription.Dispose();
        await EnrolAsync(Store);
        Assert.False(heard.Reader.TryRead(out _));
    }

    [Fact]
    public async Task The_sites_of_a_fleet_are_found_without_those_of_others()
    {
        var other = new SiteName("retail", "store-0043");
        await EnrolAsync(Store);
        await SendAsync(Request("a", 1));
        await SetAsync(Lease(1), Target(Store, 1), Target(Ship, 1));
        await SetAsync(new FleetLease("retail", "other", 1), Target(other, 1) with { Fleet = "other" });
        Time.Advance(TimeSpan.FromSeconds(1));
        await SendAsync(Request("a"));
        var found = Assert.Single(await Ledger.FleetFactsAsync("retail", "stores", Cancellation));
        Assert.Equal(await Ledger.FactsAsync(Store, Cancellation), found);
        Assert.Equal(Now, found.LastSeen);
        Assert.Equal([other], (await Ledger.FleetFactsAsync("retail", "other", Cancellation)).Select(f => f.Site));
        Assert.Empty(await Ledger.FleetFactsAsync("other", "stores", Cancellation));
    }

    [Fact]
    public async Task A_site_that_says_nothing_new_changes_nothing()
    {
        await EnrolAsync(Store);
        var request = Request("a", 1) with { Report = new(), ReportDigest = "d" };
        await Ledger.SyncAsync(Store, request, Now, Cancellation);
        await Ledger.FactsAsync(Store, Cancellation);
        var heard = 0;
        using var subscription = Ledger.Subscribe(_ => heard++);
        for (var i = 0; i < 100; i++)
        {
            Time.Advance(TimeSpan.FromMilliseconds(10));
            var sync = Ledger.SyncAsync(Store, request with { Entries = [], Report = null }, Now, Cancellation);
            // Nothing was waited for: neither disk nor database had a part in it.
            Assert.True(sync.IsCompletedSuccessfully);
            Assert.Equal(new SyncOutcome(1, "d", null), await sync);
        }
        Assert.Equal(0, heard);
    }

    [Fact]
    public async Task Contacts_are_told_in_batches()
    {
        await EnrolAsync(Store);
        await SendAsync(Request("a"));
        var heard = Channel.CreateUnbounded<LedgerChange>();
        using var subscription = Ledger.Subscribe(change => heard.Writer.TryWrite(change));
        for (var i = 0; i < 5; i++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await SendAsync(Request("a"));
        }
        Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(new LedgerChange(LedgerChangeKind.Seen, Store), await heard.Reader.ReadAsync(Cancellation));
        Assert.False(heard.Reader.TryRead(out _));
    }
}
