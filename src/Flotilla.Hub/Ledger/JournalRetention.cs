namespace Flotilla.Hub.Ledger;

/// <summary>How much of a site's story is kept.</summary>
/// <param name="Entries">The newest entries; a few hundred more may lie there.</param>
/// <param name="Age">Since the hub received them.</param>
public sealed record JournalRetention(long Entries, TimeSpan Age)
{
    public static JournalRetention Default { get; } = new(100_000, TimeSpan.FromDays(400));
}
