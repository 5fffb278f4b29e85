using Flotilla.Agent.Applying;
using Flotilla.Api.Sync;

namespace Flotilla.Agent.Tests.Applying;

internal sealed class RecordingObserver : IApplyObserver
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

    public ValueTask HappenedAsync(ApplyEvent what, CancellationToken cancellation)
    {
        lock (gate)
            events.Add(what);
        return default;
    }

    public ValueTask ProgressedAsync(ApplyProgress progress, CancellationToken cancellation)
    {
        Progress = progress;
        return default;
    }
}

/// <summary>Keeps the inventory as a file would: as text.</summary>
internal sealed class RememberedInventory : IInventoryStore
{
    private volatile byte[]? stored;

    public Inventory? Current => stored is { } bytes ? Inventory.FromJson(bytes) : null;

    public void Lose() => stored = null;

    public ValueTask<Inventory?> LoadAsync(CancellationToken cancellation) => new(Current);

    public ValueTask SaveAsync(Inventory inventory, CancellationToken cancellation)
    {
        stored = inventory.ToJson();
        return default;
    }
}
