using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Flotilla.Api;
using Flotilla.Api.Sync;
using Flotilla.Content;

namespace Flotilla.Agent.Journals;

/// <summary>
/// A journal in a folder: segments of records that are only ever appended to. A record that a crash has torn is cut off at the start: it
/// was never told to anybody. What the hub has is kept for a while, so that a restored hub can ask again.
/// </summary>
public sealed class FolderJournal : IJournal, IDisposable
{
    private const string SegmentPattern = "*.log";
    private readonly string folder;
    private readonly TimeProvider time;
    private readonly JournalBounds bounds;
    private readonly SemaphoreSlim gate = new(1);
    private readonly List<JournalSegment> segments;
    private long acknowledged;

    private FolderJournal(string folder, string stream, List<JournalSegment> segments, long acknowledged, JournalBounds bounds, TimeProvider time)
    {
        this.folder = folder;
        this.segments = segments;
        this.acknowledged = acknowledged;
        this.bounds = bounds;
        this.time = time;
        Stream = stream;
    }

    public string Stream { get; }

    public long Last => segments.Count == 0 ? 0 : Volatile.Read(ref segments[^1].Last);

    public long Acknowledged => Volatile.Read(ref acknowledged);

    /// <summary>Opens a journal, or begins one.</summary>
    /// <exception cref="InvalidDataException">What is there cannot be read as a journal without gaps.</exception>
    public static async Task<FolderJournal> OpenAsync(string folder, JournalBounds bounds, TimeProvider time, CancellationToken cancellation)
    {
        DurableFile.CreateFolder(folder);
        var name = Path.Combine(folder, "stream");
        var files = Directory.GetFiles(folder, SegmentPattern).Order(StringComparer.Ordinal).ToArray();
        if (!File.Exists(name))
        {
            if (files.Length > 0)
                throw new InvalidDataException($"{folder} holds entries, but the name of the journal (file stream) is gone");
            await DurableFile.WriteAsync(name, Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(16, lowercase: true)), cancellation);
        }
        var segments = new List<JournalSegment>();
        foreach (var file in files)
        {
            var segment = await JournalSegment.OpenAsync(file, isLast: file == files[^1], cancellation);
            if (segments.Count > 0 && segment.Last <= segments[^1].Last)
            {
                // The one before it stands for it already; only its end was not reached.
                segment.Delete();
                continue;
            }
            if (segments.Count > 0 && segment.First != segments[^1].Last + 1)
                throw new InvalidDataException($"{file} does not go on where the segment before it ends ({segments[^1].Last})");
            segments.Add(segment);
        }
        var acknowledged = await ReadAcknowledgedAsync(folder, cancellation);
        var stream = (await File.ReadAllTextAsync(name, cancellation)).Trim();
        var last = segments.Count == 0 ? 0 : segments[^1].Last;
        var journal = new FolderJournal(folder, stream, segments, Math.Min(acknowledged, last), bounds, time);
        journal.Count();
        return journal;
    }

    /// <summary>Reads what is there without opening it for writing: an agent may be running on it.</summary>
    public static async Task<IReadOnlyList<JournalEntry>> ReadOnlyAsync(string folder, CancellationToken cancellation)
    {
        var entries = new List<JournalEntry>();
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder, SegmentPattern).Order(StringComparer.Ordinal) : Enumerable.Empty<string>();
        foreach (var file in files)
            entries.AddRange(JournalRecord.ReadAll(await File.ReadAllBytesAsync(file, cancellation)));
        return entries;
    }

    /// <summary>Number of the last entry that the hub has, as the folder says.</summary>
    public static async Task<long> ReadAcknowledgedAsync(string folder, CancellationToken cancellation)
    {
        var file = Path.Combine(folder, "acknowledged");
        return File.Exists(file) && long.TryParse(await File.ReadAllTextAsync(file, cancellation), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    public async ValueTask AppendAsync(IReadOnlyList<JournalDraft> drafts, CancellationToken cancellation)
    {
        if (drafts.Count == 0)
            return;
        await gate.WaitAsync(cancellation);
        try
        {
            if (segments.Count == 0 || segments[^1].Size >= bounds.SegmentSize)
            {
                await MakeRoomAsync();
                segments.Add(await JournalSegment.CreateAsync(folder, Last + 1));
            }
            // Not to be cancelled half way: what is written is written.
            try
            {
                await segments[^1].AppendAsync(drafts);
            }
            catch (IOException) when (segments.Count > 1)
            {
                // The disk is full: once more with what can be let go.
                await MakeRoomAsync();
                await segments[^1].AppendAsync(drafts);
            }
        }
        finally
        {
            gate.Release();
        }
    }

    public JournalGap? Gap { get; private set; }

    public async ValueTask<IReadOnlyList<JournalEntry>> ReadAsync(long after, int most, CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            var entries = new List<JournalEntry>();
            foreach (var segment in segments)
            {
                if (segment.Last > after && entries.Count < most)
                    await segment.ReadAsync(after, most - entries.Count, entries, cancellation);
            }
            return entries;
        }
        finally
        {
            gate.Release();
        }
    }

    public async ValueTask AcknowledgeAsync(long number, CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            number = Math.Min(number, Last);
            if (number <= acknowledged)
                return;
            await DurableFile.WriteAsync(
                Path.Combine(folder, "acknowledged"), Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)), cancellation);
            Volatile.Write(ref acknowledged, number);
            LetGo(bounds.KeptSize);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose()
    {
        foreach (var segment in segments)
            segment.Dispose();
        gate.Dispose();
    }

    /// <summary>
    /// Lets go what there is no room for, in this order: what the hub has; detail, oldest first; then everything but the newest. Each of
    /// the last two leaves an entry in its place.
    /// </summary>
    private async ValueTask MakeRoomAsync()
    {
        var isShort = bounds.Free(folder) < bounds.LeastFree;
        if (isShort)
            LetGo(keptSize: 0);
        var (reason, most) = isShort ? (Reasons.DiskShort, bounds.LeastSize) : (Reasons.JournalFull, bounds.UnsentSize);
        // The newest segment may be written to, and what was read from it be under way.
        foreach (var segment in segments.SkipLast(1).Where(s => !s.IsWithoutDetail).ToList())
        {
            if (Unsent <= most)
                break;
            var entries = new List<JournalEntry>();
            await segment.ReadAsync(0, int.MaxValue, entries, CancellationToken.None);
            await segment.ReplaceAsync(JournalCompaction.WithoutDetail(entries, reason));
        }
        while (Unsent > most && await MergeOldestAsync(reason))
        {
        }
        Count();
    }

    private long Unsent => segments.Where(s => s.Last > acknowledged).Sum(s => s.Size);

    /// <summary>The two oldest segments that the hub lacks become one entry. In the order of the writes: a crash in between leaves one that is stood for twice.</summary>
    /// <returns>Whether there were two beside the newest, which is left alone.</returns>
    private async ValueTask<bool> MergeOldestAsync(string reason)
    {
        var at = segments.FindIndex(s => s.Last > acknowledged);
        if (at < 0 || at + 1 >= segments.Count - 1)
            return false;
        var entries = new List<JournalEntry>();
        await segments[at].ReadAsync(0, int.MaxValue, entries, CancellationToken.None);
        await segments[at + 1].ReadAsync(0, int.MaxValue, entries, CancellationToken.None);
        await segments[at].ReplaceAsync([JournalCompaction.AsOne(entries, reason)]);
        segments[at + 1].Delete();
        segments.RemoveAt(at + 1);
        return true;
    }

    private void Count()
    {
        var gaps = segments.SelectMany(s => s.Gaps).ToList();
        Gap = gaps.Count == 0 ? null : new JournalGap(gaps.Sum(g => g.Span), gaps[0].Since ?? gaps[0].Time, gaps[^1].Time);
    }

    /// <summary>Drops the oldest segments that the hub has and that are too old, or too much. Never the newest.</summary>
    private void LetGo(long keptSize)
    {
        var (total, before) = (segments.Sum(s => s.Size), segments.Count);
        while (segments.Count > 1 && segments[0].Last <= acknowledged
            && (total > keptSize || segments[0].LastTime < time.GetUtcNow() - bounds.KeptFor))
        {
            total -= segments[0].Size;
            segments[0].Delete();
            segments.RemoveAt(0);
        }
        if (segments.Count < before)
            Count();
    }
}
