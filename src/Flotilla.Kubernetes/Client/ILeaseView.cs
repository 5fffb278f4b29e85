namespace Flotilla.Kubernetes.Client;

/// <summary>How a lease is seen while somebody else holds it: asked for now and then, or followed by a watch that many leases share.</summary>
internal interface ILeaseView
{
    /// <summary>The lease; null when there is none.</summary>
    ValueTask<LeaseRecord?> ReadAsync(string name, CancellationToken cancellation);

    /// <summary>Waits until another look makes sense.</summary>
    /// <param name="name">The lease.</param>
    /// <param name="seen">What the last look saw.</param>
    /// <param name="remaining">How long the lease is still held by its holder, as far as is known.</param>
    /// <param name="retry">The wait between tries.</param>
    Task WaitAsync(string name, LeaseRecord? seen, TimeSpan remaining, TimeSpan retry, CancellationToken cancellation);
}

/// <summary>Asks the server each time.</summary>
internal sealed class PolledLease(KubernetesClient client, string ns, TimeProvider time) : ILeaseView
{
    public async ValueTask<LeaseRecord?> ReadAsync(string name, CancellationToken cancellation) =>
        await client.GetAsync(LeaseRecord.Resource, ns, name, cancellation) is { } found ? new LeaseRecord(found, time.GetTimestamp()) : null;

    public Task WaitAsync(string name, LeaseRecord? seen, TimeSpan remaining, TimeSpan retry, CancellationToken cancellation) =>
        Task.Delay(retry, time, cancellation);
}
