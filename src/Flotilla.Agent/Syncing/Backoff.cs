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

    public void Reset() => failures = 0;

    /// <summary>Between half and all of a span.</summary>
    public TimeSpan Jittered(TimeSpan span)
    {
        lock (chance)
            return span * (0.5 + (chance.NextDouble() / 2));
    }
}
