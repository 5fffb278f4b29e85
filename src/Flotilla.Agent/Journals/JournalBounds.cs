namespace Flotilla.Agent.Journals;

/// <summary>How much of a journal is kept. Entries that the hub does not have are never dropped.</summary>
public sealed record JournalBounds
{
    /// <summary>A segment that has reached this many bytes is not appended to any more.</summary>
    public long SegmentSize { get; init; } = 256 * 1024;

    /// <summary>Bytes of acknowledged entries, about.</summary>
    public long KeptSize { get; init; } = 16 * 1024 * 1024;

    /// <summary>For how long acknowledged entries are kept.</summary>
    public TimeSpan KeptFor { get; init; } = TimeSpan.FromDays(30);
}
