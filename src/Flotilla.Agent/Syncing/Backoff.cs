namespace Flotilla.Agent.Syncing;

/// <summary>Pauses that grow, with chance in them: thousands of sites must not come back in step when a hub returns.</summary>
internal sealed class Backoff(int seed)
{
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private const int MostDoublings = 10;
    private readonly Random chance = new(seed);
    private int failures;

    /// <summary>The pause after one more failure.</summary>
    public TimeSpan Next()
    {
        var full = First * Math.Pow(2, Math.Min(failures++, MostDoublings));
        return Jittered(full < Longest ? full : Longest);
    }

    /// <summary>The pause after a failure. A hub that names a time is not asked before it, nor by everybody whom it told the same at the same moment.</summary>
    public TimeSpan After(SyncFailure failure)
    {
        var pause = Next();
        if (failure.RetryAfter is not { Ticks: > 0 } wanted)
            return pause;
        var later = wanted < Longest ? wanted * 1.5 - Jittered(wanted) / 2 : Jittered(Longest);
        return later > pause ? (later < Longest ? later : Longest) : pause;
    }

    public void Reset() => failures = 0;

    /// <summary>Between half and all of a span.</summary>
    public TimeSpan Jittered(TimeSpan span)
    {
        lock (chance)
            return span * (0.5 + (chance.NextDouble() / 2));
    }
}
