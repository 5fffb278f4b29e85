using Flotilla.Agent.Applying;
using Flotilla.Agent.Journals;

namespace Flotilla.Agent.State;

/// <summary>
/// The record, the inventory and the journal, written as one. A change of a document carries its own journal entries and the number that
/// they follow, in the same document; only then they are appended. After a crash in between the journal is brought up to what the documents
/// say before anything else is written, so that each entry is there once and in order. Everything goes through here, one after the other.
/// </summary>
internal sealed class SiteBook(IAgentState state) : IDisposable
{
    private readonly SemaphoreSlim gate = new(1);

    public SiteRecord Record => state.Record;

    public Inventory? Inventory => state.Inventory;

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
            await state.SaveRecordAsync(next with { Telling = Following(entries) }, cancellation);
            await CatchUpAsync(cancellation);
            return true;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Keeps an inventory, and tells what led to it.</summary>
    public async ValueTask KeepAsync(Inventory inventory, IReadOnlyList<JournalDraft> entries, CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            await CatchUpAsync(cancellation);
            await state.SaveInventoryAsync(inventory with { Telling = Following(entries) }, cancellation);
            await CatchUpAsync(cancellation);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Writes an entry that changes nothing else.</summary>
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

    private Telling Following(IReadOnlyList<JournalDraft> entries) => new(Journal.Stream, Journal.Last, entries);

    /// <summary>
    /// Appends those entries of the last change that are not in the journal. Nothing else was appended since, for all begin with this; so
    /// one of the documents at most has any left.
    /// </summary>
    private async ValueTask CatchUpAsync(CancellationToken cancellation)
    {
        await CatchUpAsync(state.Record.Telling, cancellation);
        await CatchUpAsync(state.Inventory?.Telling, cancellation);
    }

    private async ValueTask CatchUpAsync(Telling? telling, CancellationToken cancellation)
    {
        if (telling is null || telling.Stream != Journal.Stream)
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
