using Flotilla.Api.Sync;
using Flotilla.Hub.Ledger;

namespace Flotilla.Hub.Tests.Ledger;

public abstract partial class LedgerContract
{
    [Fact]
    public async Task That_a_permit_was_handed_out_is_known_before_the_site_has_it()
    {
        await EnrolAsync(Store);
        await SetAsync(Lease(1), Target(Store, 1));
        await SendAsync(Request("a"));
        await AssertSentAsync(0, false);
        await SetAsync(Lease(1), Target(Store, 2) with { Permit = new StartPermit("sha256:release-2", Now, Now.AddHours(1)) });
        await AssertSentAsync(0, false);
        await SendAsync(Request("a"));
        await AssertSentAsync(2, true);

        var heard = new List<LedgerChange>();
        using (Ledger.Subscribe(heard.Add))
            await SendAsync(Request("a"));
        Assert.Empty(heard);
        await OpenAgainAsync();
        await AssertSentAsync(2, true);

        await SetAsync(Lease(1), Target(Store, 3));
        await SendAsync(Request("a"));
        await AssertSentAsync(2, false);
        await SetAsync(Lease(1), Target(Store, 4, epoch: 2));
        await AssertSentAsync(2, false);

        async Task AssertSentAsync(long sequence, bool delivered)
        {
            var facts = (await Ledger.FactsAsync(Store, Cancellation))!;
            Assert.Equal((sequence, delivered), (facts.SentSequence, facts.Delivered));
        }
    }

    [Fact]
    public async Task A_permit_that_was_handed_out_stays_so_while_later_targets_repeat_it()
    {
        await EnrolAsync(Store);
        var permit = new StartPermit("sha256:release", Now, Now.AddHours(1));
        await SetAsync(Lease(1), Target(Store, 1));
        await SetPermitAsync(2, permit);
        await AssertPermitAsync(2, delivered: false);
        await SetPermitAsync(3, permit);
        await AssertPermitAsync(2, delivered: false);

        await SendAsync(Request("a"));
        await AssertPermitAsync(2, delivered: true);
        await SetPermitAsync(4, permit);
        await OpenAgainAsync();
        await SetPermitAsync(5, permit, epoch: 2);
        await AssertPermitAsync(2, delivered: true);

        await SetPermitAsync(6, permit with { AnyTime = true }, epoch: 2);
        await AssertPermitAsync(6, delivered: false);
        // A bundle that was carried to the site: the hub handed it to nobody.
        await Ledger.SyncAsync(Store, Request("a") with { Epoch = 2, Sequence = 6 }, Now, Cancellation);
        await SetPermitAsync(7, permit with { AnyTime = true }, epoch: 2);
        await AssertPermitAsync(6, delivered: true);

        await SetPermitAsync(8, permit with { NotAfter = permit.NotAfter.AddTicks(1) }, epoch: 2);
        await AssertPermitAsync(8, delivered: false);
        await SetPermitAsync(9, null, epoch: 2);
        await AssertPermitAsync(0, delivered: false);
        await SetPermitAsync(10, permit, epoch: 2);
        await AssertPermitAsync(10, delivered: false);

        Task SetPermitAsync(long sequence, StartPermit? permit, long epoch = 1) =>
            SetAsync(Lease(1), Target(Store, sequence, epoch) with { Permit = permit });

        async Task AssertPermitAsync(long sequence, bool delivered)
        {
            var facts = (await Ledger.FactsAsync(Store, Cancellation))!;
            Assert.Equal((sequence, delivered), (facts.PermitSequence, facts.Delivered));
        }
    }
}
