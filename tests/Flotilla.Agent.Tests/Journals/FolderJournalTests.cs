using Flotilla.Agent.Journals;
using Flotilla.Api;
using Flotilla.Api.Sync;
using Flotilla.TestKit;

namespace Flotilla.Agent.Tests.Journals;

public sealed class FolderJournalTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("flotilla-journal");
    private readonly ManualTime time = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_torn_end_is_cut_off_wherever_it_was_torn_and_numbers_go_on()
    {
        string stream;
        using (var journal = await OpenAsync())
        {
            stream = journal.Stream;
            await AppendAsync(journal, "one", "two");
        }
        var file = Segments().Single();
        var twoEntries = await File.ReadAllBytesAsync(file, Stop);
        using (var journal = await OpenAsync())
            await AppendAsync(journal, "three");
        var whole = await File.ReadAllBytesAsync(file, Stop);

        for (var length = twoEntries.Length; length < whole.Length; length++)
        {
            await File.WriteAllBytesAsync(file, whole[..length], Stop);
            using var journal = await OpenAsync();
            Assert.Equal(2, journal.Last);
            await AppendAsync(journal, "again");
            Assert.Equal(stream, journal.Stream);
            Assert.Equal(["one", "two", "again"], (await journal.ReadAsync(0, 10, Stop)).Select(e => e.Message));
            Assert.Equal([1L, 2, 3], (await journal.ReadAsync(0, 10, Stop)).Select(e => e.Number));
        }
    }

    [Fact]
    public async Task A_spoilt_byte_of_the_last_entry_never_comes_back_as_an_entry()
    {
        using (var journal = await OpenAsync())
            await AppendAsync(journal, "one");
        var file = Segments().Single();
        var first = (await File.ReadAllBytesAsync(file, Stop)).Length;
        using (var journal = await OpenAsync())
            await AppendAsync(journal, "two");
        var whole = await File.ReadAllBytesAsync(file, Stop);

        for (var at = first; at < whole.Length; at++)
        {
            var spoilt = (byte[])whole.Clone();
            spoilt[at] ^= 0x10;
            await File.WriteAllBytesAsync(file, spoilt, Stop);
            using var journal = await OpenAsync();
            Assert.Equal(["one"], (await journal.ReadAsync(0, 10, Stop)).Select(e => e.Message));
        }
    }

    [Fact]
    public async Task A_spoilt_segment_before_the_last_is_told_and_not_passed_over()
    {
        using (var journal = await OpenAsync(new JournalBounds { SegmentSize = 1 }))
        {
            await AppendAsync(journal, "one");
            await AppendAsync(journal, "two");
        }
        var file = Segments().First();
        var bytes = await File.ReadAllBytesAsync(file, Stop);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Stop);

        var told = await Assert.ThrowsAsync<InvalidDataException>(() => OpenAsync());
        Assert.Contains(file, told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Appends_at_once_get_numbers_without_gaps_and_survive_opening_again()
    {
        using (var journal = await OpenAsync(new JournalBounds { SegmentSize = 500 }))
            await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => AppendAsync(journal, $"{i}a", $"{i}b"), Stop)));

        using var again = await OpenAsync();
        var entries = await again.ReadAsync(0, 1000, Stop);
        Assert.Equal(Enumerable.Range(1, 80).Select(i => (long)i), entries.Select(e => e.Number));
        Assert.Equal(80, entries.Select(e => e.Message).Distinct().Count());
        // What was appended together stays together.
        Assert.All(entries.Chunk(2), pair => Assert.Equal(pair[0].Message[..^1], pair[1].Message[..^1]));
    }

    [Fact]
    public async Task Only_what_the_hub_has_is_let_go_and_only_when_it_is_old_or_much()
    {
        var bounds = new JournalBounds { SegmentSize = 1, KeptSize = long.MaxValue, KeptFor = TimeSpan.FromDays(30) };
        using var journal = await OpenAsync(bounds);
        for (var i = 1; i <= 5; i++)
            await AppendAsync(journal, $"{i}");

        await journal.AcknowledgeAsync(2, Stop);
        Assert.Equal(5, (await journal.ReadAsync(0, 10, Stop)).Count);

        time.Advance(TimeSpan.FromDays(31));
        await journal.AcknowledgeAsync(3, Stop);
        Assert.Equal([4L, 5], (await journal.ReadAsync(0, 10, Stop)).Select(e => e.Number));
    }

    [Fact]
    public async Task Three_weeks_of_entries_that_the_hub_lacks_stay_whatever_their_size()
    {
        using (var journal = await OpenAsync(new JournalBounds { SegmentSize = 1000, KeptSize = 1000, KeptFor = TimeSpan.FromDays(1) }))
        {
            for (var i = 0; i < 100; i++)
                await AppendAsync(journal, new string('x', 200));
            time.Advance(TimeSpan.FromDays(21));
            await journal.AcknowledgeAsync(1, Stop);
        }
        using var again = await OpenAsync();
        Assert.Equal(1, again.Acknowledged);
        Assert.Equal(99, (await again.ReadAsync(again.Acknowledged, 1000, Stop)).Count);
    }

    [Fact]
    public async Task What_is_acknowledged_never_goes_back_nor_beyond_the_last_entry()
    {
        using (var journal = await OpenAsync())
        {
            await AppendAsync(journal, "one", "two", "three");
            await journal.AcknowledgeAsync(2, Stop);
            await journal.AcknowledgeAsync(1, Stop);
            Assert.Equal(2, journal.Acknowledged);
            await journal.AcknowledgeAsync(99, Stop);
            Assert.Equal(3, journal.Acknowledged);
        }
        using var again = await OpenAsync();
        Assert.Equal(3, again.Acknowledged);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Detail_that_there_is_no_room_for_is_named_in_its_place_and_the_rest_stays(bool isDiskShort)
    {
        var bounds = new JournalBounds { SegmentSize = 4000, UnsentSize = isDiskShort ? long.MaxValue : 12_000, LeastSize = 12_000, LeastFree = 1000, Free = _ => isDiskShort ? 999 : 1000 };
        var begun = time.GetUtcNow();
        using (var journal = await OpenAsync(bounds))
        {
            for (var i = 0; i < 300; i++)
            {
                var kind = i % 50 == 20 ? JournalEvent.ReleaseFailed : i % 3 == 0 ? JournalEvent.ComponentHealthy : JournalEvent.DriftCorrected;
                await journal.AppendAsync([new JournalDraft(time.GetUtcNow(), kind) { Message = new string('x', 50), Reason = "why" }], Stop);
                time.Advance(TimeSpan.FromMinutes(1));
            }
        }
        using var again = await OpenAsync(bounds);
        var entries = await again.ReadAsync(0, 1000, Stop);
        RequireWhole(entries, 300);
        Assert.Equal([21L, 71, 121, 171, 221, 271], entries.Where(e => e.Event == JournalEvent.ReleaseFailed).Select(e => e.Number));
        var gaps = entries.Where(e => e.Event == JournalEvent.JournalCompacted).ToList();
        Assert.NotEmpty(gaps);
        Assert.All(gaps, g => Assert.Equal(isDiskShort ? Reasons.DiskShort : Reasons.JournalFull, g.Reason));
        Assert.Matches(@"^\d+ entries between 2\d{3}-.*Z and .*Z were left out \(\d+ DriftCorrected, \d+ ComponentHealthy\): ", gaps[0].Message);
        Assert.Equal(gaps.Sum(g => g.Span), again.Gap!.Entries);
        Assert.Equal(begun, again.Gap.From);
        Assert.InRange(Segments().Sum(f => new FileInfo(f).Length), 1, 20_000);
        // The newest are as they were written.
        Assert.All(entries.TakeLast(20), e => Assert.Null(e.First));
    }

    [Fact]
    public async Task Years_without_a_hub_stay_within_the_bound_and_every_number_is_stood_for()
    {
        var bounds = new JournalBounds { SegmentSize = 4000, UnsentSize = 16_000, LeastFree = 0 };
        using (var journal = await OpenAsync(bounds))
        {
            for (var i = 0; i < 3000; i++)
                await journal.AppendAsync([new JournalDraft(time.GetUtcNow(), JournalEvent.ReleaseFailed) { Message = $"{i}" }], Stop);
        }
        using var again = await OpenAsync(bounds);
        var entries = await again.ReadAsync(0, 10_000, Stop);
        RequireWhole(entries, 3000);
        Assert.InRange(Segments().Sum(f => new FileInfo(f).Length), 1, 24_000);
        Assert.Contains("left out before", entries[0].Message, StringComparison.Ordinal);

        // What the hub has of it may end in the middle of what is stood for; the next it gets reaches back.
        await again.AcknowledgeAsync(17, Stop);
        Assert.True((await again.ReadAsync(again.Acknowledged, 1, Stop))[0].Follows(17));
    }

    [Fact]
    public async Task A_crash_between_two_writes_of_making_room_loses_and_doubles_nothing()
    {
        var bounds = new JournalBounds { SegmentSize = 1, LeastFree = 0 };
        using (var journal = await OpenAsync(bounds))
        {
            for (var i = 1; i <= 6; i++)
                await AppendAsync(journal, $"{i}");
        }
        var files = Segments().ToDictionary(f => f, File.ReadAllBytes);
        using (var journal = await OpenAsync(bounds with { UnsentSize = 500 }))
            await AppendAsync(journal, "7");
        var merged = Segments();
        Assert.True(merged.Length < 7);
        // The segments that were stood for are back, as if it had crashed before they were deleted.
        foreach (var (file, bytes) in files.Where(f => !merged.Contains(f.Key)))
            await File.WriteAllBytesAsync(file, bytes, Stop);
        using var again = await OpenAsync(bounds);
        RequireWhole(await again.ReadAsync(0, 100, Stop), 7);
        Assert.Equal(merged, Segments());
    }

    [Fact]
    public async Task What_the_hub_has_goes_before_what_it_lacks()
    {
        var free = 10L;
        using var journal = await OpenAsync(new JournalBounds { SegmentSize = 1, LeastSize = long.MaxValue, LeastFree = 10, Free = _ => free });
        for (var i = 1; i <= 5; i++)
            await AppendAsync(journal, $"{i}");
        await journal.AcknowledgeAsync(3, Stop);
        Assert.Equal(5, (await journal.ReadAsync(0, 10, Stop)).Count);
        free = 9;
        await AppendAsync(journal, "6");
        Assert.Equal(["4", "5", "6"], (await journal.ReadAsync(0, 10, Stop)).Select(e => e.Message));
        Assert.Null(journal.Gap);
    }

    private static void RequireWhole(IReadOnlyList<JournalEntry> entries, long last)
    {
        long number = 0;
        foreach (var entry in entries)
        {
            Assert.Equal(number + 1, entry.First ?? entry.Number);
            number = entry.Number;
        }
        Assert.Equal(last, number);
    }

    private Task<FolderJournal> OpenAsync(JournalBounds? bounds = null) => FolderJournal.OpenAsync(folder.FullName, bounds ?? new JournalBounds(), time, Stop);

    private Task AppendAsync(FolderJournal journal, params string[] messages) =>
        journal.AppendAsync([.. messages.Select(m => new JournalDraft(time.GetUtcNow(), JournalEvent.DriftCorrected) { Message = m })], Stop).AsTask();

    private string[] Segments() => [.. Directory.GetFiles(folder.FullName, "*.log").Order(StringComparer.Ordinal)];
}
