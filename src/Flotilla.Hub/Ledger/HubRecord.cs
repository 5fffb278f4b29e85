namespace Flotilla.Hub.Ledger;

/// <summary>What a hub remembers of itself, for all that share its ledger.</summary>
public sealed record HubRecord
{
    /// <summary>The epoch that it writes in.</summary>
    public required long Epoch { get; init; }

    /// <summary>When that was opened.</summary>
    public required DateTimeOffset Opened { get; init; }

    /// <summary>Why nothing is changed anywhere; null when nothing keeps it.</summary>
    public HubHold? Hold { get; init; }

    /// <summary>The newest epoch that a site has shown, beyond what the ledger knew.</summary>
    public long ShownEpoch { get; init; }

    /// <summary>The newest key set that a site has shown, beyond what the hub has.</summary>
    public long ShownKeySet { get; init; }
}

/// <summary>Nothing is changed anywhere until somebody lifts it.</summary>
/// <param name="Reason">A code of <see cref="Flotilla.Api.Reasons"/>.</param>
/// <param name="Message">Why, and what to do.</param>
public sealed record HubHold(string Reason, string Message, DateTimeOffset Since);
