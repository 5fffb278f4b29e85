using Flotilla.Agent.Applying;
using Flotilla.Agent.Journals;
using Flotilla.Agent.Links;
using Flotilla.Content;

namespace Flotilla.Agent.State;

/// <summary>The state of a simulated site. It outlives the agent, so that an agent can be stopped and begun anew on it.</summary>
/// <param name="content">May be shared: content is the same for all.</param>
/// <param name="stream">Name of the journal.</param>
public sealed class MemoryState(IContentStore content, string stream) : IAgentState
{
    public SiteIdentity? Identity { get; private set; }

    public SiteRecord Record { get; private set; } = SiteRecord.Empty;

    public Inventory? Inventory { get; private set; }

    public IJournal Journal { get; } = new MemoryJournal(stream);

    public LinkRecord? Link { get; private set; }

    public IContentStore Content => content;

    public bool SharesContent => true;

    public string? PartialFolder { get; init; }

    public string? Lost => null;

    public ValueTask LossToldAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

    public ValueTask SaveIdentityAsync(SiteIdentity identity, CancellationToken cancellation)
    {
        Identity = identity;
        return ValueTask.CompletedTask;
    }

    public ValueTask SaveRecordAsync(SiteRecord record, CancellationToken cancellation)
    {
        Record = record;
        return ValueTask.CompletedTask;
    }

    public ValueTask SaveLinkAsync(LinkRecord link, CancellationToken cancellation)
    {
        Link = link;
        return ValueTask.CompletedTask;
    }

    public ValueTask SaveInventoryAsync(Inventory inventory, CancellationToken cancellation)
    {
        Inventory = inventory;
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
