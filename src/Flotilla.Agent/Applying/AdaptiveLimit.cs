namespace Flotilla.Agent.Applying;

/// <summary>How much may be under way at once: halves when the cluster asks for less, grows slowly while all goes well.</summary>
internal sealed class AdaptiveLimit
{
    private const int First = 16;
    private const int Most = 32;
    private int successes;

    public int Current { get; private set; } = First;

    /// <summary>Nothing is sent before.</summary>
    public DateTimeOffset NotBefore { get; private set; }

    public void Succeeded()
    {
        if (++successes < Current || Current == Most)
            return;
        Current++;
        successes = 0;
    }

    public void Throttled(DateTimeOffset now, TimeSpan after)
    {
        // What was under way together is refused together; that counts once.
        if (now >= NotBefore)
            Current = Math.Max(1, Current / 2);
        successes = 0;
        var until = now + (after > TimeSpan.Zero ? after : TimeSpan.FromSeconds(1));
        if (until > NotBefore)
            NotBefore = until;
    }
}
