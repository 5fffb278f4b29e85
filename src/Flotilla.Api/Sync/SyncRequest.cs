using System.Text.Json;

namespace Flotilla.Api.Sync;

/// <summary>One round trip: what happened at the site, what it has. <c>POST /v1/sync</c>; the token in the header says who asks.</summary>
public sealed record SyncRequest
{
    /// <summary>The newest desired state that the site took; (0, 0) for none.</summary>
    public long Epoch { get; init; }

    public long Sequence { get; init; }

    /// <summary>Version of the signed key set that the site knows.</summary>
    public long KeySet { get; init; }

    /// <summary>Version of the agent.</summary>
    public string Agent { get => field ?? ""; init; }

    /// <summary>The journal that the entries are of. A site that lost its state begins a new one.</summary>
    public string Journal { get => field ?? ""; init; }

    /// <summary>The first entries that the hub has not acknowledged, in order, at most 500.</summary>
    public IReadOnlyList<JournalEntry> Entries { get => field ?? []; init; }

    /// <summary>Digest of the canonical report.</summary>
    public string ReportDigest { get => field ?? ""; init; }

    /// <summary>The report; left out when the hub acknowledged this digest before.</summary>
    public SiteReport? Report { get; init; }

    /// <summary>The envelope of the desired state that the site took, when the hub asked for it.</summary>
    public JsonElement? Taken { get; init; }

    /// <summary>The envelope of the key set that the site knows, when the hub asked for what the site took.</summary>
    public JsonElement? TakenKeys { get; init; }

    /// <summary>For how long the hub may hold the request when it has nothing to say.</summary>
    public int HoldSeconds { get; init; }
}

/// <summary>The answer. Everything it acknowledges is on the hub's disk.</summary>
public sealed record SyncResponse
{
    /// <summary>A DSSE envelope with a <see cref="DesiredState"/>, when there is a newer one.</summary>
    public JsonElement? Envelope { get; init; }

    /// <summary>A signed key set, when there is a newer one.</summary>
    public JsonElement? KeySet { get; init; }

    /// <summary>Number of the last entry of this journal that is stored.</summary>
    public long Acknowledged { get; init; }

    /// <summary>Digest of the report that the hub has; empty asks for it.</summary>
    public string ReportDigest { get => field ?? ""; init; }

    /// <summary>Whether the hub, which knows less than the site took, wants to see that: it was restored from a backup.</summary>
    public bool WantsTaken { get; init; }

    /// <summary>The hub's clock.</summary>
    public DateTimeOffset Now { get; init; }
}

/// <summary><c>POST /v1/enrol</c>, with the enrolment token as bearer token.</summary>
/// <param name="SigningKey">JWK of the key that the site signs with.</param>
/// <param name="SealingKey">JWK of the key that values are sealed to.</param>
public sealed record EnrolRequest(JsonElement SigningKey, JsonElement SealingKey, string Agent);

/// <summary>What a site keeps from its enrolment.</summary>
/// <param name="Site">Namespace and name.</param>
/// <param name="Hub">The hub's identity.</param>
/// <param name="RootKey">JWK to pin.</param>
/// <param name="KeySet">Signed key set.</param>
public sealed record EnrolResponse(string Site, string Hub, JsonElement RootKey, JsonElement KeySet);
