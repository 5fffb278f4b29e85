using Flotilla.Api.Sync;

namespace Flotilla.Agent.Applying;

/// <summary>What is written down: state and news as one, at the end of a turn, before anything goes out that it foretells.</summary>
internal sealed partial class ApplyLoop
{
    private readonly List<ApplyEvent> news = [];
    private readonly List<Func<Task<ApplyMessage>>> toSend = [];
    private Inventory saved = Inventory.Empty;

    /// <summary>Something changed; it may wait until all is quiet, for the cluster shows it, too.</summary>
    private bool mustSave;

    /// <summary>What is to be sent must not go out before it is written down.</summary>
    private bool mustSaveFirst;

    private void Tell(JournalEvent what, string? component, string? obj, string reason, string message, string? about = null) =>
        news.Add(new ApplyEvent(what, component, obj, reason, message, about ?? release?.Digest ?? ""));

    /// <summary>Runs a request once this turn is written down.</summary>
    private void SendWhenSaved(Func<Task<ApplyMessage>> request) => toSend.Add(request);

    private void Send()
    {
        foreach (var request in toSend)
            Start(request);
        toSend.Clear();
    }

    private async ValueTask LoadInventoryAsync()
    {
        var known = await store.LoadAsync(cancellation);
        if (known is not null)
        {
            saved = known;
            foreach (var tracked in known.Entries.Select(TrackedObject.Of))
                objects[tracked.Id] = tracked;
            foreach (var standing in known.Components)
                standings[standing.Name] = standing;
        }
        if (known is { Recovering: false })
            return;
        LogInventoryLost(cluster.Server);
        isRecovering = true;
        Start(() => InventoryRecovery.RunAsync(cluster, cancellation));
    }

    private async ValueTask SaveAsync()
    {
        if (!mustSaveFirst && news.Count == 0 && !(mustSave && inFlight == 0 && objects.Values.All(o => o.AwaitedVersion.Length == 0)))
            return;
        (mustSave, mustSaveFirst) = (false, false);
        var now = new Inventory
        {
            Entries = [.. objects.Values.Where(o => o.IsInInventory).OrderBy(o => o.Id).Select(o => o.ToEntry())],
            Components = [.. standings.Values.OrderBy(s => s.Name, StringComparer.Ordinal)],
            Recovering = isRecovering,
        };
        if (news.Count == 0 && now.SaysSame(saved))
            return;
        saved = now;
        await store.SaveAsync(now, [.. news], cancellation);
        news.Clear();
    }
}
