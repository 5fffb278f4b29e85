using CsCheck;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Core.Sites;
using Flotilla.Hub.Ledger;

namespace Flotilla.Hub.Tests.Ledger;

public abstract partial class LedgerContract
{
    [Fact]
    public async Task Entries_are_stored_once_in_order_and_refused_from_a_gap_on()
    {
        await EnrolAsync(Store);
        Assert.Equal(2, await SendAsync(Request("a", 1, 2)));
        Assert.Equal(2, await SendAsync(Request("a", 1, 2)));
        Assert.Equal(3, await SendAsync(Request("a", 2, 3, 5, 6)));
        Assert.Equal(3, await SendAsync(Request("a", 5)));
        Assert.Equal(6, await SendAsync(Request("a", 4, 5, 6)));
        Assert.Equal(["a1", "a2", "a3", "a4", "a5", "a6"], await StoryAsync(Ledger));
        Assert.Equal(["a1", "a2", "a3", "a4", "a5", "a6"], await StoryAsync(await OpenAgainAsync()));
    }

    [Fact]
    public async Task A_site_that_lost_its_state_begins_a_journal_of_its_own()
    {
        await EnrolAsync(Store);
        await SendAsync(Request("a", 1, 2));
        Assert.Equal(0, await SendAsync(Request("b")));
        Assert.Equal(1, await SendAsync(Request("b", 1)));
        Assert.Equal(2, await SendAsync(Request("a")));
        Assert.Equal(3, await SendAsync(Request("a", 3)));
        Assert.Equal(["a1", "a2", "b1", "a3"], await StoryAsync(Ledger));
    }

    [Fact]
    public async Task An_entry_comes_back_as_it_was_with_the_hubs_time()
    {
        await EnrolAsync(Store);
        var entry = new JournalEntry
        {
            Number = 1,
            Time = Now.AddDays(-3),
            Event = JournalEvent.ComponentFailed,
            Component = "contour",
            Object = "apps/v1/Deployment/projectcontour/contour",
            Reason = "ApplyFailed",
            Message = "not \"allowed\"\n…",
            Release = "sha256:1",
        };
        await Ledger.SyncAsync(Store, new SyncRequest { Journal = "a", Entries = [entry] }, Now, Cancellation);
        var stored = Assert.Single(await Ledger.JournalAsync(Store, 0, 10, Cancellation));
        Assert.Equal(new StoredEntry(1, "a", Now, entry), stored);
    }

    [Fact]
    public async Task A_journal_is_read_in_pages()
    {
        await EnrolAsync(Store);
        await SendAsync(Request("a", Numbers(1, 25)));
        var page = await Ledger.JournalAsync(Store, 10, 10, Cancellation);
        Assert.Equal(Enumerable.Range(11, 10), page.Select(e => (int)e.Entry.Number));
        Assert.Equal(5, (await Ledger.JournalAsync(Store, page[^1].Position, 10, Cancellation)).Count);
    }

    [Fact]
    public async Task Entries_that_are_too_many_or_too_old_go()
    {
        var ledger = await OpenWithAsync(new JournalRetention(300, TimeSpan.FromDays(400)));
        for (var first = 1; first <= 1024; first += 128)
            await ledger.SyncAsync(Store, Request("a", Numbers(first, 128)), Now, Cancellation);
        var kept = await ledger.JournalAsync(Store, 0, 5000, Cancellation);
        Assert.InRange(kept.Count, 300, 300 + 256);
        Assert.Equal(1024, kept[^1].Entry.Number);

        Time.Advance(TimeSpan.FromDays(401));
        await ledger.SyncAsync(Store, Request("a", Numbers(1025, 256)), Now, Cancellation);
        Assert.Equal(Enumerable.Range(1025, 256), (await ledger.JournalAsync(Store, 0, 5000, Cancellation)).Select(e => (int)e.Entry.Number));
    }

    [Fact]
    public async Task A_report_is_kept_with_its_digest_and_seen_in_the_facts()
    {
        await EnrolAsync(Store);
        var report = new SiteReport
        {
            Phase = SitePhase.Failed,
            Reason = "ApplyFailed",
            Message = "quota",
            Applied = new AppliedRelease { Revision = "sha256:rev", Release = "sha256:rel", Since = Now },
            Drifted = true,
            Kubernetes = new KubernetesFacts { Version = "v1.36.2", Nodes = 3 },
            Components = [new ComponentReport { Name = "contour", Version = "1.33", Phase = ComponentPhase.Unhealthy, Problems = [new("v1/Pod/x", "Pending", "no node")] }],
        };
        var request = new SyncRequest { Agent = "0.1.0", Journal = "a", Epoch = 1, Sequence = 7, ReportDigest = "sha256:x" };
        Assert.Equal(new SyncOutcome(0, "", null) { IsAhead = true }, await Ledger.SyncAsync(Store, request, Now, Cancellation));
        Assert.Equal(new SyncOutcome(0, "sha256:x", null) { IsAhead = true }, await Ledger.SyncAsync(Store, request with { Report = report }, Now, Cancellation));
        Assert.Equal(new SyncOutcome(0, "sha256:x", null) { IsAhead = true }, await Ledger.SyncAsync(Store, request, Now, Cancellation));

        for (var round = 0; round < 2; round++, await OpenAgainAsync())
        {
            var facts = (await Ledger.FactsAsync(Store, Cancellation))!;
            Assert.Equal(
                new SiteFacts
                {
                    Site = Store,
                    Enrolled = true,
                    LastSeen = Now,
                    Agent = "0.1.0",
                    TakenEpoch = 1,
                    TakenSequence = 7,
                    Phase = SitePhase.Failed,
                    Reason = "ApplyFailed",
                    Message = "quota",
                    AppliedRelease = "sha256:rel",
                    AppliedRevision = "sha256:rev",
                    AppliedSince = Now,
                    Drifted = true,
                    Kubernetes = report.Kubernetes,
                },
                facts);
            var stored = (await Ledger.ReportAsync(Store, Cancellation))!;
            Assert.Equal(report.Components[0].Problems, Assert.Single(stored.Components).Problems);
        }
    }

    [Fact]
    public async Task Last_contact_is_known_at_once_and_on_disk_soon()
    {
        await EnrolAsync(Store);
        await SendAsync(Request("a"));
        Time.Advance(TimeSpan.FromSeconds(3));
        await SendAsync(Request("a"));
        Assert.Equal(Now, (await Ledger.FactsAsync(Store, Cancellation))!.LastSeen);
        Assert.Equal(Now, Assert.Single(await AllFactsAsync()).LastSeen);
        var seen = Now;
        await OpenAgainAsync();
        Assert.Equal(seen, (await Ledger.FactsAsync(Store, Cancellation))!.LastSeen);
    }

    [Fact]
    public async Task Whatever_is_sent_again_or_late_the_journal_is_exact()
    {
        var run = 0;
        // Each part is one request: where it begins and how many entries it has; a site never skips what was not acknowledged, a broken one does.
        var parts = Gen.Select(Gen.Int[-8, 3], Gen.Int[0, 9]).Array[1, 40];
        await parts.SampleAsync(
            async requests =>
            {
                var site = new SiteName("retail", $"random-{Interlocked.Increment(ref run)}");
                await EnrolAsync(site);
                long acknowledged = 0;
                foreach (var (offset, count) in requests)
                {
                    var first = Math.Max(1, acknowledged + 1 + offset);
                    var numbers = Enumerable.Range(0, count).Select(i => first + i).ToArray();
                    var expected = first <= acknowledged + 1 ? Math.Max(acknowledged, first + count - 1) : acknowledged;
                    acknowledged = (await Ledger.SyncAsync(site, Request("a", numbers), Now, Cancellation))!.Acknowledged;
                    Assert.Equal(expected, acknowledged);
                }
                var stored = await Ledger.JournalAsync(site, 0, 10_000, Cancellation);
                Assert.Equal(Enumerable.Range(1, (int)acknowledged), stored.Select(e => (int)e.Entry.Number));
            },
            iter: 30, threads: 1);
    }

    [Fact]
    public async Task Requests_that_arrive_twice_at_once_are_stored_once()
    {
        await EnrolAsync(Store);
        for (var first = 1; first <= 40; first += 10)
        {
            var request = Request("a", Numbers(first, 10));
            var acknowledged = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SendAsync(request)));
            Assert.All(acknowledged, a => Assert.Equal(first + 9, a));
        }
        Assert.Equal(Enumerable.Range(1, 40).Select(n => $"a{n}"), await StoryAsync(Ledger));
    }

    private async Task<ILedger> OpenWithAsync(JournalRetention retention)
    {
        await Ledger.DisposeAsync();
        open.Remove(Ledger);
        Ledger = await OpenAsync(retention);
        await EnrolAsync(Store);
        return Ledger;
    }

    private async Task<long> SendAsync(SyncRequest request) => (await Ledger.SyncAsync(Store, request, Now, Cancellation))!.Acknowledged;

    private static async Task<IEnumerable<string>> StoryAsync(ILedger ledger) =>
        (await ledger.JournalAsync(Store, 0, 1000, Cancellation)).Select(e => $"{e.Journal}{e.Entry.Number}");
}
