using Flotilla.Api.Sync;

namespace Flotilla.Agent.Journals;

/// <summary>A journal of a simulated site: lives as long as the simulation, keeps only what the hub does not have.</summary>
public sealed class MemoryJournal(string stream) : IJournal
{
    private readonly Lock gate = new();
    private readonly Queue<JournalEntry> waiting = new();
    private long last;

    public string Stream => stream;

    public long Last
    {
        get
        {
            lock (gate)
                return last;
        }
    }

    public long Acknowledged
    {
        get
        {
            lock (gate)
                return last - waiting.Count;
        }
    }

    public ValueTask AppendAsync(IReadOnlyList<JournalDraft> drafts, CancellationToken cancellation)
    {
        lock (gate)
        {
            foreach (var draft in drafts)
                waiting.Enqueue(draft.Numbered(++last));
        }
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<JournalEntry>> ReadAsync(long after, int most, CancellationToken cancellation)
    {
        lock (gate)
            return new([.. waiting.SkipWhile(e => e.Number <= after).Take(most)]);
    }

    public ValueTask AcknowledgeAsync(long number, CancellationToken cancellation)
    {
        lock (gate)
        {
            while (waiting.TryPeek(out var first) && first.Number <= number)
                waiting.Dequeue();
        }
        return ValueTask.CompletedTask;
    }
}
