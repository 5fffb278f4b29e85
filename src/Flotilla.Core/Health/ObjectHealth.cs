namespace Flotilla.Core.Health;

/// <summary>How well an object does.</summary>
public enum HealthState
{
    /// <summary>As wanted.</summary>
    Healthy,

    /// <summary>On its way there.</summary>
    Progressing,

    /// <summary>It will not get there by waiting, or says that it is broken.</summary>
    Unhealthy,
}

/// <summary>How well an object does, and why.</summary>
/// <param name="State">Healthy or not.</param>
/// <param name="Reason">A code of <see cref="Api.Reasons"/>; empty when healthy.</param>
/// <param name="Message">A sentence for people; empty when healthy.</param>
public sealed record ObjectHealth(HealthState State, string Reason, string Message)
{
    public static readonly ObjectHealth Healthy = new(HealthState.Healthy, "", "");

    public bool IsHealthy => State == HealthState.Healthy;

    public static ObjectHealth Progressing(string reason, string message) => new(HealthState.Progressing, reason, message);

    public static ObjectHealth Unhealthy(string reason, string message) => new(HealthState.Unhealthy, reason, message);
}
