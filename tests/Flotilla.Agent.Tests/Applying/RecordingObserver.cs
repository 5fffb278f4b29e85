using Flotilla.Agent.Applying;
using Flotilla.Api.Sync;

namespace Flotilla.Agent.Tests.Applying;

/// <summary>Remembers what an applier tells, before and between crashes.</summary>
internal sealed class RecordingObserver(RememberedInventory inventory) : IApplyObserver, IInventoryStore
{
    private readonly Lock gate = new();
    private readonly List<ApplyEvent> events = [];

    public ApplyProgress? Progress { get; private set; }

    public IReadOnlyList<ApplyEvent> Events
    {
        get
        {
            lock (gate)
                return [.. events];
        }
    }

    public ComponentReport Component(string name) => Progress!.Components.Single(c => c.Name == name);

    public ApplyEvent? First(JournalEvent what) => Events.FirstOrDefault(e => e.Event == what);

    public int Count(JournalEvent what) => Events.Count(e => e.Event == what);

    public ValueTask<Inventory?> LoadAsync(CancellationToken cancellation) => new(inventory.Current);

    public ValueTask SaveAsync(Inventory next, IReadOnlyList<ApplyEvent> news, CancellationToken cancellation)
    {
        inventory.Keep(next);
        lock (gate)
            events.AddRange(news);
        return default;
    }

    public ValueTask ProgressedAsync(ApplyProgress progress, CancellationToken cancellation)
    {
        Progress = progress;
        return default;
    }
}

/// <summary>Keeps the inventory as a file would: as text.</summary>
internal sealed class RememberedInventory
{
    private volatile byte[]? stored;

    public Inventory? Current => stored is { } bytes ? Inventory.FromJson(bytes) : null;

    public void Lose() => stored = null;

    public void Keep(Inventory inventory) => stored = inventory.ToJson();
}
