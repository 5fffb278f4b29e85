using Flotilla.Agent.Journals;

namespace Flotilla.Agent.State;

/// <summary>
/// The record and the journal, written as one. A change of the record carries its own journal entries and the number that they follow, in
/// the same document; only then they are appended. After a crash in between the journal is brought up to what the record says before
/// anything else is written, so that each entry is there once and in order. Everything goes through here, one after the other.
/// </summary>
internal sealed class SiteBook(IAgentState state) : IDisposable
{
    private readonly SemaphoreSlim gate = new(1);

    public SiteRecord Record => state.Record;

    public IJournal Journal => state.Journal;

    /// <summary>Changes the record, and tells it.</summary>
    /// <param name="change">The record as it shall be; null to leave it, and tell nothing. Called once.</param>
    /// <param name="entries">What the change is told as.</param>
    /// <returns>Whether anything was changed.</returns>
    public async ValueTask<bool> ChangeAsync(Func<SiteRecord, SiteRecord?> change, IReadOnlyList<JournalDraft> entries, CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            await CatchUpAsync(cancellation);
            if (change(state.Record) is not { } next)
                return false;
            await state.SaveRecordAsync(next with { Telling = new Telling(Journal.Stream, Journal.Last, entries) }, cancellation);
            await CatchUpAsync(cancellation);
            return true;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Writes an entry that changes nothing in the record.</summary>
    public async ValueTask TellAsync(JournalDraft entry, CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            await CatchUpAsync(cancellation);
            await Journal.AppendAsync([entry], cancellation);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    /// <summary>Appends those entries of the last change that are not in the journal. Nothing else was appended since, for all begin with this.</summary>
    private async ValueTask CatchUpAsync(CancellationToken cancellation)
    {
        if (state.Record.Telling is not { } telling || telling.Stream != Journal.Stream)
            return;
        var there = Journal.Last - telling.After;
        if (there >= 0 && there < telling.Entries.Count)
            await Journal.AppendAsync([.. telling.Entries.Skip((int)there)], cancellation);
    }
}

/// <summary>Entries of a change.</summary>
/// <param name="Stream">The journal that they belong into; one that was lost since takes its entries along.</param>
/// <param name="After">Number of the entry that they follow.</param>
/// <param name="Entries">What is told; most changes tell nothing.</param>
internal sealed record Telling(string Stream, long After, IReadOnlyList<JournalDraft> Entries);
