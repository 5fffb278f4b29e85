using Flotilla.Api.Sync;

namespace Flotilla.Agent.Journals;

/// <summary>What happened, in order, without gaps. An entry is on disk before anybody hears of it.</summary>
public interface IJournal
{
    /// <summary>Names this journal; one that is begun anew has another name.</summary>
    string Stream { get; }

    /// <summary>Number of the newest entry; 0 for none.</summary>
    long Last { get; }

    /// <summary>Number of the last entry that the hub has stored.</summary>
    long Acknowledged { get; }

    /// <summary>What it lacks; null when it is whole.</summary>
    JournalGap? Gap => null;

    /// <summary>Appends entries; their numbers follow the last one.</summary>
    ValueTask AppendAsync(IReadOnlyList<JournalDraft> drafts, CancellationToken cancellation);

    /// <summary>Entries after a number, oldest first.</summary>
    ValueTask<IReadOnlyList<JournalEntry>> ReadAsync(long after, int most, CancellationToken cancellation);

    /// <summary>The hub has stored everything up to a number. Old entries may be let go.</summary>
    ValueTask AcknowledgeAsync(long number, CancellationToken cancellation);
}

/// <summary>An entry before it has its number.</summary>
public sealed record JournalDraft(DateTimeOffset Time, JournalEvent Event)
{
    public string? Component { get; init; }

    public string? Object { get; init; }

    public string Reason { get => field ?? ""; init; }

    public string Message { get => field ?? ""; init; }

    public string? Release { get; init; }

    internal JournalEntry Numbered(long number) => new()
    {
        Number = number,
        Time = Time,
        Event = Event,
        Component = Component,
        Object = Object,
        Reason = Reason,
        Message = Message,
        Release = Release,
    };
}
