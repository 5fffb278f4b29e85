using System.Collections.Concurrent;
using Flotilla.Hub.Ledger;
using Flotilla.Kubernetes.Client;

namespace Flotilla.Hub.Fleets;

/// <summary>One lease for each fleet: of several hubs one works on it, and the lease's epoch keeps a former holder from writing.</summary>
/// <param name="changed">Told when a fleet was won or lost.</param>
internal sealed class LeasedFleets(LeaseSet leases, ILedger ledger, Action<ObjectKey> changed) : IFleetTerms
{
    private readonly ConcurrentDictionary<ObjectKey, (CancellationTokenSource Stop, Task Running)> watched = new();
    private readonly ConcurrentDictionary<ObjectKey, Lease> held = new();
    private readonly Lock gate = new();
    private readonly HashSet<ObjectKey> wanted = [];
    private readonly TaskCompletionSource<Exception> failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool ended;

    public FleetLease? Find(ObjectKey fleet) =>
        held.GetValueOrDefault(fleet)?.Term is { } term ? new FleetLease(fleet.Namespace, fleet.Name, term.Epoch) : null;

    /// <summary>Takes part in the contest for a fleet, until <see cref="Leave"/> or the end.</summary>
    public void Enter(ObjectKey fleet)
    {
        lock (gate)
        {
            wanted.Add(fleet);
            Start(fleet);
        }
    }

    public void Leave(ObjectKey fleet)
    {
        lock (gate)
        {
            wanted.Remove(fleet);
            if (watched.TryGetValue(fleet, out var entry))
                entry.Stop.Cancel();
        }
    }

    private void Start(ObjectKey fleet)
    {
        if (ended || watched.ContainsKey(fleet))
            return;
        var stop = new CancellationTokenSource();
        watched[fleet] = (stop, RunAsync(fleet, stop.Token));
    }

    /// <summary>Follows the leases until cancelled, then gives back those that are held.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var following = leases.RunAsync(ending.Token);
        var first = await Task.WhenAny(following, failure.Task);
        lock (gate)
            ended = true;
        foreach (var (_, entry) in watched)
            await entry.Stop.CancelAsync();
        foreach (var (_, entry) in watched)
        {
            await entry.Running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            entry.Stop.Dispose();
        }
        await ending.CancelAsync();
        await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (first == failure.Task)
            throw new InvalidOperationException("a fleet's lease could not be followed", await failure.Task);
        await following;
    }

    private async Task RunAsync(ObjectKey fleet, CancellationToken cancellation)
    {
        await Task.Yield();
        try
        {
            var lease = leases.Get($"fleet.{fleet.Namespace}.{fleet.Name}");
            lease.EpochFloor = (await ledger.FleetAsync(fleet.Namespace, fleet.Name, cancellation))?.Epoch ?? 0;
            await lease.RunAsync((_, lost) => HoldAsync(fleet, lease, lost), cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            failure.TrySetResult(e);
        }
        finally
        {
            lock (gate)
            {
                watched.TryRemove(fleet, out _);
                // Declared again while it was being left.
                if (wanted.Contains(fleet) && !failure.Task.IsCompleted)
                    Start(fleet);
            }
        }
    }

    private async Task HoldAsync(ObjectKey fleet, Lease lease, CancellationToken lost)
    {
        held[fleet] = lease;
        changed(fleet);
        await Task.Delay(Timeout.InfiniteTimeSpan, lost).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        held.TryRemove(fleet, out _);
        changed(fleet);
        lost.ThrowIfCancellationRequested();
    }
}
