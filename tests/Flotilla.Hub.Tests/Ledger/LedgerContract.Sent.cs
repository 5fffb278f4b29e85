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
        await AssertSentAsync(0, false);

        async Task AssertSentAsync(long sequence, bool delivered)
        {
            var facts = (await Ledger.FactsAsync(Store, Cancellation))!;
            Assert.Equal((sequence, delivered), (facts.SentSequence, facts.Delivered));
        }
    }
}
