namespace Flotilla.Api.Sync;

/// <summary>What the link to the hub carried, as its site counts it: bytes of TCP both ways, without those of TCP and IP themselves.</summary>
public sealed record LinkReport
{
    /// <summary>Bytes a day beyond which all but the essential waits; null for none.</summary>
    public long? Budget { get; init; }

    /// <summary>The day that was last over.</summary>
    public LinkDay? Yesterday { get; init; }

    /// <summary>This day, as of when a part of the budget was last reached: each byte told would cost others.</summary>
    public LinkDay? Today { get; init; }

    /// <summary>Whether all but the essential waits for the next day.</summary>
    public bool Spent { get; init; }
}

/// <summary>Bytes of one day (UTC), by what they were for.</summary>
/// <param name="Day">As 2027-03-01.</param>
/// <param name="DesiredState">Answers of the hub: desired state, keys, leave to begin.</param>
/// <param name="Content">Releases.</param>
/// <param name="Journal">What the site told: its journal and its report.</param>
/// <param name="Overhead">Everything else: TLS, heads of requests, pings.</param>
public sealed record LinkDay(string Day, long DesiredState, long Content, long Journal, long Overhead)
{
    [System.Text.Json.Serialization.JsonIgnore]
    public long Total => DesiredState + Content + Journal + Overhead;
}
