using System.Text.Json;
using Flotilla.Api.Rollouts;

namespace Flotilla.Api.Sync;

/// <summary>What one site shall be: the payload of a DSSE envelope that the hub signs. Order is (epoch, sequence); sites take only newer ones.</summary>
public sealed record DesiredState
{
    public const string PayloadType = "application/vnd.flotilla.desired-state.v1+json";

    /// <summary>The hub's identity, so that no other hub's envelope is taken.</summary>
    public required string Hub { get; init; }

    /// <summary>Namespace and name of the Site, <c>retail/store-0042</c>.</summary>
    public required string Site { get; init; }

    public required long Epoch { get; init; }

    /// <summary>The root key's grant of the epoch, as its envelope; none is needed for the first one.</summary>
    public JsonElement? Grant { get; init; }

    public required long Sequence { get; init; }

    public required DateTimeOffset Issued { get; init; }

    /// <summary>The release to fetch; null when the site has no fleet yet.</summary>
    public ReleaseTarget? Stage { get; init; }

    /// <summary>When the staged release may be begun; null while it may not.</summary>
    public StartPermit? Permit { get; init; }

    /// <summary>Nothing new is begun; what runs is kept as it is.</summary>
    public bool Paused { get; init; }

    /// <summary>When the site may begin, by its own clock: when any is open, and always when there is none.</summary>
    public IReadOnlyList<MaintenanceWindowSpec> Windows { get => field ?? []; init; }

    /// <summary>The site's time zone, a name of the IANA database; null for UTC.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Times in which it begins nothing, windows or not.</summary>
    public IReadOnlyList<Freeze> Freezes { get => field ?? []; init; }

    /// <summary>Values for Secrets, sealed to this site.</summary>
    public IReadOnlyList<SealedValue> Sealed { get => field ?? []; init; }

    /// <summary>Where the hub is found from now on, <c>https://hub.example.com:8443</c>; null leaves it as it is.</summary>
    public string? Home { get; init; }

    /// <summary>How the site talks with the hub.</summary>
    public SyncPolicy Sync { get => field ?? new() { HoldSeconds = 240, IntervalSeconds = 3600 }; init; }
}

/// <summary>A release and the revision it was made of, both as digests.</summary>
public sealed record ReleaseTarget(string Revision, string Release);

/// <summary>Leave to begin a release. What was begun within the time may go on after it.</summary>
public sealed record StartPermit(string Release, DateTimeOffset NotBefore, DateTimeOffset NotAfter)
{
    /// <summary>Whether it holds outside of maintenance windows, too: a way out of a failure does not wait for the night.</summary>
    public bool AnyTime { get; init; }
}

/// <summary>A value that only the site can open (JWE compact, ECDH-ES, A256GCM).</summary>
public sealed record SealedValue(string Name, string Jwe);

/// <summary>How a site talks with the hub.</summary>
public sealed record SyncPolicy
{
    /// <summary>For how long the hub may hold a request; 0 on links that cost.</summary>
    public required int HoldSeconds { get; init; }

    /// <summary>Pause between requests when the hub holds none.</summary>
    public required int IntervalSeconds { get; init; }

    /// <summary>The most that fetching content may take of the link; null for all of it.</summary>
    public long? FetchBitsPerSecond { get; init; }

    /// <summary>Bytes a day that the link may carry before all but the essential waits; null for any number.</summary>
    public long? DailyBytes { get; init; }
}
