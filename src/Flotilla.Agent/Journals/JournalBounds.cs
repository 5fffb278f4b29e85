namespace Flotilla.Agent.Journals;

/// <summary>How much of a journal is kept. Entries that the hub does not have are never dropped without a word: docs/journal.md has the rules.</summary>
public sealed record JournalBounds
{
    /// <summary>A segment that has reached this many bytes is not appended to any more.</summary>
    public long SegmentSize { get; init; } = 256 * 1024;

    /// <summary>Bytes of acknowledged entries, about.</summary>
    public long KeptSize { get; init; } = 16 * 1024 * 1024;

    /// <summary>For how long acknowledged entries are kept.</summary>
    public TimeSpan KeptFor { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Bytes of entries that the hub does not have, about; beyond it detail is left out, oldest first.</summary>
    public long UnsentSize { get; init; } = 64 * 1024 * 1024;

    /// <summary>Bytes of the newest entries that are left as they are, however short the disk is.</summary>
    public long LeastSize { get; init; } = 2 * 1024 * 1024;

    /// <summary>The disk is short when fewer bytes are free.</summary>
    public long LeastFree { get; init; } = 64 * 1024 * 1024;

    /// <summary>Bytes that are free on the disk of a folder.</summary>
    public Func<string, long> Free { get; init; } = static folder => new DriveInfo(folder).AvailableFreeSpace;
}
