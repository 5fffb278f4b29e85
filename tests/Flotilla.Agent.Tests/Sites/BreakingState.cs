using Flotilla.Agent.Applying;
using Flotilla.Agent.Journals;
using Flotilla.Agent.State;
using Flotilla.Api.Sync;
using Flotilla.Content;

namespace Flotilla.Agent.Tests.Sites;

/// <summary>A state whose writes need power.</summary>
internal sealed class BreakingState(MemoryState inner, Power power) : IAgentState, IJournal
{
    public SiteIdentity? Identity => inner.Identity;

    public SiteRecord Record => inner.Record;

    public Inventory? Inventory => inner.Inventory;

    public IJournal Journal => this;

    public IContentStore Content => inner.Content;

    public bool SharesContent => true;

    public string? PartialFolder => null;

    public string? Lost => null;

    public string Stream => inner.Journal.Stream;

    public long Last => inner.Journal.Last;

    public long Acknowledged => inner.Journal.Acknowledged;

    public ValueTask LossToldAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

    public ValueTask SaveIdentityAsync(SiteIdentity identity, CancellationToken cancellation) => WriteAsync(() => inner.SaveIdentityAsync(identity, cancellation));

    // As on disk: what is read back is what was written as text.
    public ValueTask SaveRecordAsync(SiteRecord record, CancellationToken cancellation) =>
        WriteAsync(() => inner.SaveRecordAsync(System.Text.Json.JsonSerializer.Deserialize(record.ToJson(), StateJson.Default.SiteRecord)!, cancellation));

    public ValueTask SaveInventoryAsync(Inventory inventory, CancellationToken cancellation) =>
        WriteAsync(() => inner.SaveInventoryAsync(Inventory.FromJson(inventory.ToJson()), cancellation));

    /// <summary>Entries of one call may be torn apart: each is a write.</summary>
    public async ValueTask AppendAsync(IReadOnlyList<JournalDraft> drafts, CancellationToken cancellation)
    {
        foreach (var draft in drafts)
            await WriteAsync(() => inner.Journal.AppendAsync([draft], cancellation));
    }

    public ValueTask<IReadOnlyList<JournalEntry>> ReadAsync(long after, int most, CancellationToken cancellation) => inner.Journal.ReadAsync(after, most, cancellation);

    public ValueTask AcknowledgeAsync(long number, CancellationToken cancellation) =>
        number <= Acknowledged ? ValueTask.CompletedTask : WriteAsync(() => inner.Journal.AcknowledgeAsync(number, cancellation));

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private ValueTask WriteAsync(Func<ValueTask> write) => power.WriteAsync(write);
}
