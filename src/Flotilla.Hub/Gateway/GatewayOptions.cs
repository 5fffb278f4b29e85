using System.Net;
using Flotilla.Content;
using Flotilla.Hub.Identity;
using Flotilla.Hub.Ledger;
using Flotilla.Hub.Rollouts;
using Flotilla.Kubernetes.Client;
using Microsoft.Extensions.Logging;

namespace Flotilla.Hub.Gateway;

/// <summary>What a gateway works with. All of it stays the caller's.</summary>
public sealed record GatewayOptions
{
    public required HubKeys Keys { get; init; }

    public required ILedger Ledger { get; init; }

    public required IContentStore Content { get; init; }

    /// <summary>The hub's Kubernetes API, which decides who may do what (TokenReview, SubjectAccessReview).</summary>
    public required KubernetesClient Api { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public ILoggerFactory? Logging { get; init; }

    /// <summary>Where to listen; null for none: clients of this process only.</summary>
    public IPEndPoint? Listen { get; init; }

    /// <summary>The address that sites are told, as <c>https://hub.example.com:8443</c>; null for the one that it listens on. Its name is in the certificate.</summary>
    public Uri? Advertise { get; init; }

    /// <summary>
    /// Syncs that are worked on at a time, held ones left out; whoever comes beyond that is told to come later. As many as the ledger lets wait: all
    /// sites of a large hub may report at the same moment, and that is no overload.
    /// </summary>
    public int MostSyncs { get; init; } = 16_384;

    /// <summary>Forecasts of rollouts; null when there are none at present.</summary>
    internal Func<RolloutForecasts?> Foresee { get; init; } = () => null;

    /// <summary>Image of the agent in the manifest for sites.</summary>
    public string AgentImage { get; init; } = "ghcr.io/flotilla/flotilla-agent:latest";
}
