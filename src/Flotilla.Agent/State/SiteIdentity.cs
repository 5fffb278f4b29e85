using System.Text.Json;
using Flotilla.Content.Trust;

namespace Flotilla.Agent.State;

/// <summary>Who the site is, and whom it trusts: pinned at enrolment, never changed by what comes over the wire.</summary>
/// <param name="Site">Namespace and name.</param>
/// <param name="Hub">The hub's identity.</param>
/// <param name="Root">The root key, as a JWK.</param>
/// <param name="Address">Where the hub was found.</param>
public sealed record SiteIdentity(string Site, string Hub, JsonElement Root, string Address)
{
    /// <summary>The gateway's authority (PEM); null trusts those of the machine.</summary>
    public string? Authority { get; init; }

    /// <summary>SHA-256 of the token that enrolled it, so that another one is known to be new; null when nobody kept it.</summary>
    public string? EnrolledBy { get; init; }

    /// <summary>PEM; kept in files of their own.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public required SigningKey SigningKey { get; init; }

    [System.Text.Json.Serialization.JsonIgnore]
    public required SealingKey SealingKey { get; init; }
}
