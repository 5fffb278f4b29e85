using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.Kubernetes.Client;

/// <summary>
/// At most one of many at a time (<c>coordination.k8s.io/v1</c> Lease, in the way of Kubernetes' own leader election): a holder renews;
/// others take over when they have seen no renewal for the lease's duration, by their own clock. One object is cheap and starts nothing
/// by itself; for many leases see <see cref="LeaseSet"/>.
/// </summary>
public sealed class Lease
{
    private const int MostAttempts = 2;
    private readonly KubernetesClient client;
    private readonly LeaseOptions options;
    private readonly TimeProvider time;
    private readonly Random random;
    private readonly ILeaseView view;
    private LeaseRecord? observed;
    private volatile Held? held;
    private long floor;
    private int running;

    /// <summary>A lease that is asked for by polling.</summary>
    public Lease(KubernetesClient client, string name, LeaseOptions options, TimeProvider time, Random random)
        : this(client, name, options, new PolledLease(client, options.Namespace, time), time, random)
    {
    }

    internal Lease(KubernetesClient client, string name, LeaseOptions options, ILeaseView view, TimeProvider time, Random random)
    {
        options.Check();
        (this.client, Name, this.options, this.view, this.time, this.random) = (client, name, options, view, time, random);
    }

    /// <summary>The Lease object's name.</summary>
    public string Name { get; }

    /// <summary>The term that runs; null while others hold the lease, and as soon as renewal failed for too long.</summary>
    public LeaseTerm? Term => held is { } now && time.GetElapsedTime(now.RenewedAt) < options.Duration ? now.Term : null;

    /// <summary>Who held it when last seen; empty for nobody.</summary>
    public string Holder => held is { } now ? now.Term.Identity : observed?.Holder ?? "";

    /// <summary>
    /// The next term's epoch will be beyond this. To be raised to what a store has seen, since epochs begin anew when somebody deletes the
    /// Lease object.
    /// </summary>
    public long EpochFloor { get => Interlocked.Read(ref floor); set => Interlocked.Exchange(ref floor, value); }

    /// <summary>
    /// Does the work whenever the lease is held, term after term. The work is told to stop when the lease is lost; the next term begins
    /// only after it did. Ends when the work ends by itself, with its failure if it has one, or when cancelled; the lease is given
    /// back then.
    /// </summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task RunAsync(Func<LeaseTerm, CancellationToken, Task> whileLeading, CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref running, 1) == 1)
            throw new InvalidOperationException($"the lease {Name} runs already");
        try
        {
            while (true)
            {
                await AcquireAsync(cancellation);
                if (await LeadAsync(whileLeading, cancellation))
                    return;
                cancellation.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            Volatile.Write(ref running, 0);
        }
    }

    private async Task AcquireAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                held = await TryAcquireAsync(cancellation);
            }
            catch (Exception e) when (IsPassing(e))
            {
                options.OnTrouble?.Invoke(Name, e);
            }
            if (held is not null)
                return;
            await view.WaitAsync(Name, observed, Remaining(), Jittered(options.RetryPeriod), cancellation);
        }
    }

    private async Task<Held?> TryAcquireAsync(CancellationToken cancellation)
    {
        var seen = await view.ReadAsync(Name, cancellation);
        // The local clock counts from when this version was first seen.
        if (seen is null || seen.Version != observed?.Version)
            observed = seen;
        if (Remaining() > TimeSpan.Zero)
            return null;
        var (sent, now) = (time.GetTimestamp(), time.GetUtcNow());
        var epoch = Math.Max(observed?.Transitions ?? 0, EpochFloor) + 1;
        try
        {
            var written = observed is null
                ? await client.CreateAsync(LeaseRecord.Resource, options.Namespace, LeaseRecord.New(Name, options, epoch, now), WriteOptions.Default, cancellation)
                : await client.UpdateAsync(LeaseRecord.Resource, options.Namespace, observed.Acquired(options, epoch, now), WriteOptions.Default, cancellation);
            return new Held(new LeaseTerm(Name, options.Identity, epoch, now), new LeaseRecord(written, sent), sent);
        }
        catch (ApiStatusException e) when (e.Status.Code is 409 or 404)
        {
            // Somebody was faster, or removed it.
            return null;
        }
    }

    /// <summary>How long somebody else still holds it, as far as was seen; our own identity is nobody else (an earlier run of us).</summary>
    private TimeSpan Remaining() => observed is { Holder.Length: > 0 } other && other.Holder != options.Identity
        ? other.Duration - time.GetElapsedTime(other.SeenAt)
        : TimeSpan.Zero;

    /// <returns>Whether the work ended by itself.</returns>
    private async Task<bool> LeadAsync(Func<LeaseTerm, CancellationToken, Task> whileLeading, CancellationToken cancellation)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var renewing = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var term = held!.Term;
        // On a thread of its own: work that computes before it waits must not keep us from renewing.
        var work = Task.Run(() => whileLeading(term, stopping.Token), CancellationToken.None);
        var renewal = RenewAsync(renewing.Token);
        await Task.WhenAny(work, renewal);
        var byItself = work.IsCompleted && !stopping.IsCancellationRequested;
        await stopping.CancelAsync();
        try
        {
            await work;
        }
        catch (OperationCanceledException) when (!byItself)
        {
            // As it was told.
        }
        finally
        {
            await renewing.CancelAsync();
            await renewal;
            if (held is { } ours)
                await ReleaseAsync(ours);
            held = null;
        }
        return byItself;
    }

    /// <summary>Renews until told to stop, or until it is lost (nothing is held then).</summary>
    private async Task RenewAsync(CancellationToken cancellation)
    {
        var wait = options.RenewPeriod;
        while (true)
        {
            try
            {
                await Task.Delay(wait, time, cancellation);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            var left = options.RenewDeadline - time.GetElapsedTime(held!.RenewedAt);
            if (left <= TimeSpan.Zero)
                break;
            // The deadline holds for a request that hangs, too.
            using var deadline = new CancellationTokenSource(left, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
            try
            {
                if (await TryWriteAsync(held, record => record.Renewed(time.GetUtcNow()), either.Token) is not { } renewed)
                    break;
                held = renewed;
                wait = options.RenewPeriod;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (IsPassing(e) || e is OperationCanceledException)
            {
                options.OnTrouble?.Invoke(Name, e);
                left = options.RenewDeadline - time.GetElapsedTime(held.RenewedAt);
                var next = Jittered(options.RetryPeriod);
                wait = next < left ? next : left > TimeSpan.Zero ? left : TimeSpan.Zero;
            }
        }
        held = null;
    }

    /// <summary>Writes to the lease while it is ours.</summary>
    /// <returns>Null when somebody else has it.</returns>
    private async Task<Held?> TryWriteAsync(Held now, Func<LeaseRecord, JsonObject> change, CancellationToken cancellation)
    {
        var record = now.Record;
        for (var attempt = 1; ; attempt++)
        {
            var sent = time.GetTimestamp();
            try
            {
                var written = await client.UpdateAsync(LeaseRecord.Resource, options.Namespace, change(record), WriteOptions.Default, cancellation);
                return now with { Record = new LeaseRecord(written, sent), RenewedAt = sent };
            }
            catch (ApiStatusException e) when (e.Status.Code is 409 or 404 && attempt < MostAttempts)
            {
                // Whether somebody took it, or only wrote a label on it, or our own write arrived though its answer did not, shows a look.
            }
            var found = await client.GetAsync(LeaseRecord.Resource, options.Namespace, Name, cancellation);
            observed = found is null ? null : new LeaseRecord(found, time.GetTimestamp());
            if (observed is null || observed.Holder != options.Identity || observed.Transitions != now.Term.Epoch)
                return null;
            record = observed;
        }
    }

    private async Task ReleaseAsync(Held ours)
    {
        // Though we were told to stop: those who wait should not wait for the whole duration.
        using var patience = new CancellationTokenSource(options.RetryPeriod, time);
        try
        {
            var released = await TryWriteAsync(ours, record => record.Released(time.GetUtcNow()), patience.Token);
            observed = released?.Record ?? observed;
        }
        catch (Exception e) when (IsPassing(e) || e is OperationCanceledException)
        {
            options.OnTrouble?.Invoke(Name, e);
        }
    }

    private TimeSpan Jittered(TimeSpan span)
    {
        lock (random)
            return span * (1 + (0.2 * random.NextDouble()));
    }

    private static bool IsPassing(Exception e) => e is HttpRequestException or ApiStatusException or EndpointException;

    private sealed record Held(LeaseTerm Term, LeaseRecord Record, long RenewedAt);
}
