using System.Globalization;
using Flotilla.Api.Sync;
using Flotilla.Content;

namespace Flotilla.Agent.Journals;

/// <summary>A file of records, named by the number of its first entry.</summary>
internal sealed class JournalSegment : IDisposable
{
    /// <summary>Number of its newest entry; one less than the first while it has none.</summary>
    public long Last;
    private readonly string file;
    private FileStream? stream;

    private JournalSegment(string file, long first)
    {
        this.file = file;
        First = first;
        Last = first - 1;
    }

    public long First { get; }

    /// <summary>Entries in it that stand for others.</summary>
    public IReadOnlyList<JournalEntry> Gaps { get; private set; } = [];

    /// <summary>Whether all that may be left out of it is.</summary>
    public bool IsWithoutDetail { get; private set; }

    public long Size { get; private set; }

    public DateTimeOffset LastTime { get; private set; }

    /// <summary>An empty file whose name survives a loss of power: what is appended to it then needs to flush only itself.</summary>
    public static async ValueTask<JournalSegment> CreateAsync(string folder, long first)
    {
        var segment = new JournalSegment(Path.Combine(folder, first.ToString("D20", CultureInfo.InvariantCulture) + ".log"), first);
        await DurableFile.WriteAsync(segment.file, ReadOnlyMemory<byte>.Empty, CancellationToken.None);
        return segment;
    }

    /// <summary>Reads through a segment; a torn end of the last one is cut off.</summary>
    /// <exception cref="InvalidDataException">It is spoilt elsewhere.</exception>
    public static async Task<JournalSegment> OpenAsync(string file, bool isLast, CancellationToken cancellation)
    {
        if (!long.TryParse(Path.GetFileNameWithoutExtension(file), NumberStyles.None, CultureInfo.InvariantCulture, out var first) || first < 1)
            throw new InvalidDataException($"{file} is not named by a number");
        var segment = new JournalSegment(file, first);
        var bytes = await File.ReadAllBytesAsync(file, cancellation);
        var offset = 0;
        var gaps = new List<JournalEntry>();
        while (offset < bytes.Length && JournalRecord.Read(bytes.AsSpan(offset), out var size) is { } entry && entry.Follows(segment.Last))
        {
            if (entry.First is not null)
                gaps.Add(entry);
            offset += size;
            segment.Last = entry.Number;
            segment.LastTime = entry.Time;
        }
        if (offset < bytes.Length && !isLast)
            throw new InvalidDataException($"{file} is spoilt after entry {segment.Last}");
        segment.Size = offset;
        segment.Gaps = gaps;
        if (offset < bytes.Length)
        {
            using var cut = new FileStream(file, FileMode.Open, FileAccess.Write);
            cut.SetLength(offset);
            cut.Flush(flushToDisk: true);
        }
        return segment;
    }

    /// <summary>Appends entries and flushes them to the disk once. What cannot be written whole is taken back.</summary>
    public async ValueTask AppendAsync(IReadOnlyList<JournalDraft> drafts)
    {
        stream ??= new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.Read, 1);
        stream.Position = Size;
        try
        {
            var number = Last;
            var records = drafts.Select(draft => JournalRecord.Write(draft.Numbered(++number))).ToArray();
            await stream.WriteAsync(records.Length == 1 ? records[0] : records.SelectMany(r => r).ToArray());
            stream.Flush(flushToDisk: true);
            Size += records.Sum(r => (long)r.Length);
            LastTime = drafts[^1].Time;
            Volatile.Write(ref Last, number);
        }
        catch (IOException)
        {
            stream.SetLength(Size);
            throw;
        }
    }

    public async ValueTask ReadAsync(long after, int most, List<JournalEntry> into, CancellationToken cancellation)
    {
        var bytes = await File.ReadAllBytesAsync(file, cancellation);
        var offset = 0;
        while (most > 0 && offset < Size && JournalRecord.Read(bytes.AsSpan(offset), out var size) is { } entry)
        {
            offset += size;
            if (entry.Number <= after)
                continue;
            into.Add(entry);
            most--;
        }
    }

    /// <summary>Puts other entries in the place of its own; they must reach as far.</summary>
    public async ValueTask ReplaceAsync(IReadOnlyList<JournalEntry> entries)
    {
        var bytes = entries.SelectMany(JournalRecord.Write).ToArray();
        Dispose();
        await DurableFile.WriteAsync(file, bytes, CancellationToken.None);
        Size = bytes.Length;
        LastTime = entries[^1].Time;
        Gaps = [.. entries.Where(e => e.First is not null)];
        IsWithoutDetail = true;
        Volatile.Write(ref Last, entries[^1].Number);
    }

    public void Delete()
    {
        Dispose();
        DurableFile.Delete(file);
    }

    public void Dispose()
    {
        stream?.Dispose();
        stream = null;
    }
}
