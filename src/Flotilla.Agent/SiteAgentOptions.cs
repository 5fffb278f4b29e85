using Flotilla.Agent.State;
using Flotilla.Kubernetes.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flotilla.Agent;

/// <summary>What an agent works with.</summary>
public sealed record SiteAgentOptions
{
    /// <summary>The way to the hub.</summary>
    public required HttpMessageInvoker Hub { get; init; }

    /// <summary>Where the hub is.</summary>
    public required Uri HubAddress { get; init; }

    /// <summary>The site's cluster.</summary>
    public required KubernetesClient Cluster { get; init; }

    public required IAgentState State { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Seed of all chance: pauses differ between sites.</summary>
    public int Seed { get; init; }

    /// <summary>Enrolment token; not looked at when the site is enrolled.</summary>
    public string? Token { get; init; }

    /// <summary>The authority of the gateway's certificate (PEM), once it is known: kept at enrolment.</summary>
    public Func<string?> Authority { get; init; } = () => null;

    /// <summary>All bytes that went to the hub and came from it over connections; null where nobody counts them.</summary>
    public Func<long>? Wire { get; init; }

    public ILogger Logger { get; init; } = NullLogger.Instance;
}
