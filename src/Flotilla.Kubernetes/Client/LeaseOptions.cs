namespace Flotilla.Kubernetes.Client;

/// <summary>How leases are held.</summary>
public sealed record LeaseOptions
{
    /// <summary>Who asks; no two processes may share it, so add something random to a host's name.</summary>
    public required string Identity { get; init; }

    /// <summary>Where the Lease objects are.</summary>
    public required string Namespace { get; init; }

    /// <summary>After which time without renewal others may take it (whole seconds).</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>After which time without a successful renewal the holder gives up; the rest of the duration is for stopping work.</summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a holder renews.</summary>
    public TimeSpan RenewPeriod { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The wait between tries to get or renew it.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Told of each failure, for a log. The lease's name comes first.</summary>
    public Action<string, Exception>? OnTrouble { get; init; }

    internal void Check()
    {
        if (Duration <= RenewDeadline || RenewDeadline <= RetryPeriod || RenewDeadline <= RenewPeriod || RetryPeriod <= TimeSpan.Zero || RenewPeriod <= TimeSpan.Zero)
        {
            throw new ArgumentException(
                $"{nameof(Duration)} ({Duration}) must be longer than {nameof(RenewDeadline)} ({RenewDeadline}), and that longer than {nameof(RenewPeriod)} ({RenewPeriod}) and {nameof(RetryPeriod)} ({RetryPeriod})");
        }
    }
}

/// <summary>One time of holding a lease.</summary>
/// <param name="Lease">The lease's name.</param>
/// <param name="Identity">The holder.</param>
/// <param name="Epoch">
/// Grows with each term, whoever holds it (<c>spec.leaseTransitions</c>): a store that keeps the highest it has seen can refuse the writes of
/// a holder that does not know yet that it is none.
/// </param>
/// <param name="Since">When it began.</param>
public sealed record LeaseTerm(string Lease, string Identity, long Epoch, DateTimeOffset Since);
