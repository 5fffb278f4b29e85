using Flotilla.Hub.Ledger;

namespace Flotilla.Hub.Tests.Ledger;

public abstract partial class LedgerContract
{
    [Fact]
    public async Task A_site_that_nobody_enrolled_has_nothing()
    {
        Assert.Null(await Ledger.KeysAsync(Store, Cancellation));
        Assert.Null(await Ledger.FactsAsync(Store, Cancellation));
        Assert.Null(await Ledger.TargetAsync(Store, Cancellation));
        Assert.Null(await Ledger.ReportAsync(Store, Cancellation));
        Assert.Empty(await Ledger.JournalAsync(Store, 0, 10, Cancellation));
        Assert.Null(await Ledger.SyncAsync(Store, Request("a", 1), Now, Cancellation));
        Assert.Empty(await Ledger.JournalAsync(Store, 0, 10, Cancellation));
        Assert.Empty(await AllFactsAsync());
    }

    [Fact]
    public async Task A_token_binds_the_keys_of_its_site()
    {
        await EnrolAsync(Store);
        Assert.Equal(Keys("key-1"), await Ledger.KeysAsync(Store, Cancellation));
        Assert.True((await Ledger.FactsAsync(Store, Cancellation))!.Enrolled);
        Assert.Equal(Keys("key-1"), await (await OpenAgainAsync()).KeysAsync(Store, Cancellation));
    }

    [Fact]
    public async Task A_lost_answer_is_asked_for_again_with_the_same_keys_even_when_the_token_has_expired()
    {
        await Ledger.AddTokenAsync(new EnrolmentToken("t", Store, Now.AddMinutes(5)), Cancellation);
        var first = await Ledger.EnrolAsync("t", Keys("k"), Now, Cancellation);
        var again = await Ledger.EnrolAsync("t", Keys("k"), Now.AddHours(1), Cancellation);
        Assert.Equal(new EnrolmentOutcome(EnrolmentResult.Enrolled, Store), first);
        Assert.Equal(first, again);
    }

    [Fact]
    public async Task A_used_token_enrols_nobody_else()
    {
        await Ledger.AddTokenAsync(new EnrolmentToken("t", Store, Now.AddMinutes(5)), Cancellation);
        await Ledger.EnrolAsync("t", Keys("k"), Now, Cancellation);
        Assert.Equal(EnrolmentResult.UsedToken, (await Ledger.EnrolAsync("t", Keys("thief"), Now, Cancellation)).Result);
        Assert.Equal("k", (await Ledger.KeysAsync(Store, Cancellation))!.KeyId);
    }

    [Fact]
    public async Task Expired_and_unknown_tokens_are_told_apart()
    {
        await Ledger.AddTokenAsync(new EnrolmentToken("t", Store, Now), Cancellation);
        Assert.Equal(new EnrolmentOutcome(EnrolmentResult.ExpiredToken, Store), await Ledger.EnrolAsync("t", Keys("k"), Now, Cancellation));
        Assert.Equal(new EnrolmentOutcome(EnrolmentResult.UnknownToken, null), await Ledger.EnrolAsync("u", Keys("k"), Now, Cancellation));
        Assert.Null(await Ledger.KeysAsync(Store, Cancellation));
    }

    [Fact]
    public async Task A_second_token_does_not_replace_the_keys_and_stays_unused()
    {
        await EnrolAsync(Store);
        await Ledger.AddTokenAsync(new EnrolmentToken("second", Store, Now.AddDays(1)), Cancellation);
        Assert.Equal(EnrolmentResult.EnrolledWithOtherKeys, (await Ledger.EnrolAsync("second", Keys("key-2"), Now, Cancellation)).Result);
        Assert.Equal("key-1", (await Ledger.KeysAsync(Store, Cancellation))!.KeyId);
        Assert.Equal(EnrolmentResult.Enrolled, (await Ledger.EnrolAsync("second", Keys("key-1"), Now, Cancellation)).Result);
    }

    [Fact]
    public async Task Of_many_that_use_one_token_at_once_one_wins()
    {
        await Ledger.AddTokenAsync(new EnrolmentToken("t", Store, Now.AddDays(1)), Cancellation);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Ledger.EnrolAsync("t", Keys($"k{i}"), Now, Cancellation)));
        var winner = Array.FindIndex(outcomes, o => o.Result == EnrolmentResult.Enrolled);
        Assert.Equal(15, outcomes.Count(o => o.Result == EnrolmentResult.UsedToken));
        Assert.Equal($"k{winner}", (await Ledger.KeysAsync(Store, Cancellation))!.KeyId);
    }

    [Fact]
    public async Task Nothing_of_a_removed_site_is_left()
    {
        await EnrolAsync(Store);
        await EnrolAsync(Ship);
        await Ledger.AddTokenAsync(new EnrolmentToken("unused", Store, Now.AddDays(1)), Cancellation);
        await Ledger.SyncAsync(Store, Request("a", 1, 2) with { Report = new(), ReportDigest = "d" }, Now, Cancellation);
        await SetAsync(Lease(1), Target(Store, 1));

        await Ledger.RemoveAsync(Store, Cancellation);
        await Ledger.RemoveAsync(Store, Cancellation);

        Assert.Null(await Ledger.KeysAsync(Store, Cancellation));
        Assert.Null(await Ledger.SyncAsync(Store, Request("a"), Now, Cancellation));
        Assert.Null(await Ledger.TargetAsync(Store, Cancellation));
        Assert.Null(await Ledger.ReportAsync(Store, Cancellation));
        Assert.Equal(EnrolmentResult.UnknownToken, (await Ledger.EnrolAsync("unused", Keys("k"), Now, Cancellation)).Result);
        Assert.Equal([Ship], (await AllFactsAsync()).Select(f => f.Site));

        await EnrolAsync(Store, "key-2");
        Assert.Equal(new SyncOutcome(0, "", null), await Ledger.SyncAsync(Store, Request("a"), Now, Cancellation));
        Assert.Empty(await Ledger.JournalAsync(Store, 0, 10, Cancellation));
    }
}
