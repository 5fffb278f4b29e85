using System.Collections.Concurrent;

namespace Flotilla.Kubernetes.Client;

/// <summary>
/// Many leases in one namespace: a single watch sees them all, so that those held by others cost no request until they are free; and
/// they are taken as soon as they are given back.
/// </summary>
public sealed class LeaseSet : ILeaseView
{
    private readonly KubernetesClient client;
    private readonly LeaseOptions options;
    private readonly TimeProvider time;
    private readonly Random random;
    private readonly Informer<LeaseRecord> informer;
    private readonly ConcurrentDictionary<string, TaskCompletionSource> waiting = new(StringComparer.Ordinal);

    /// <summary>Leases of one holder; nothing happens before <see cref="RunAsync"/>.</summary>
    public LeaseSet(KubernetesClient client, LeaseOptions options, TimeProvider time, Random random)
    {
        (this.client, this.options, this.time, this.random) = (client, options, time, random);
        var watch = new InformerOptions { OnTrouble = (e, _) => options.OnTrouble?.Invoke("*", e) };
        informer = new Informer<LeaseRecord>(
            client, LeaseRecord.Resource, options.Namespace, obj => new LeaseRecord(obj, time.GetTimestamp()), (key, _, _) => Wake(key.Name), watch, time, random);
    }

    /// <summary>A lease of this set; its <see cref="Lease.RunAsync"/> waits for the set to run.</summary>
    public Lease Get(string name) => new(client, name, options, this, time, random);

    /// <summary>Watches until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => informer.RunAsync(cancellation);

    async ValueTask<LeaseRecord?> ILeaseView.ReadAsync(string name, CancellationToken cancellation)
    {
        await informer.HasSynced.WaitAsync(cancellation);
        return informer.Find(new ObjectKey(options.Namespace, name));
    }

    async Task ILeaseView.WaitAsync(string name, LeaseRecord? seen, TimeSpan remaining, TimeSpan retry, CancellationToken cancellation)
    {
        var change = waiting.GetOrAdd(name, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        // What changed before we began to wait would wake nobody.
        if (informer.Find(new ObjectKey(options.Namespace, name))?.Version != seen?.Version && remaining > TimeSpan.Zero)
            return;
        try
        {
            await change.Task.WaitAsync(remaining > TimeSpan.Zero ? remaining : retry, time, cancellation);
        }
        catch (TimeoutException)
        {
            // Nobody renewed it.
        }
    }

    private void Wake(string name)
    {
        if (waiting.TryRemove(name, out var change))
            change.TrySetResult();
    }
}
