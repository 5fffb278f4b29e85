using System.Diagnostics;

namespace Flotilla.Hub.Gateway;

/// <summary>How syncs go.</summary>
public sealed class SyncNumbers
{
    private long served, refused, underWay, held, ticks, slowest;

    /// <summary>Answered since the start.</summary>
    public long Served => Volatile.Read(ref served);

    /// <summary>Of these, sent away because there was too much to do.</summary>
    public long Refused => Volatile.Read(ref refused);

    /// <summary>Being worked on now, held ones left out.</summary>
    public long UnderWay => Volatile.Read(ref underWay) - Held;

    /// <summary>Held until there is something to say.</summary>
    public long Held => Volatile.Read(ref held);

    /// <summary>Mean work on one, without the time it was held.</summary>
    public TimeSpan Mean => Served == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(0, Volatile.Read(ref ticks) / Served);

    /// <summary>The longest work on one.</summary>
    public TimeSpan Slowest => Stopwatch.GetElapsedTime(0, Volatile.Read(ref slowest));

    internal void Refuse() => Interlocked.Increment(ref refused);

    internal void Begin() => Interlocked.Increment(ref underWay);

    internal void Hold(int change) => Interlocked.Add(ref held, change);

    internal void End(long worked)
    {
        Interlocked.Decrement(ref underWay);
        Interlocked.Increment(ref served);
        Interlocked.Add(ref ticks, worked);
        for (var known = Volatile.Read(ref slowest); worked > known;)
        {
            var found = Interlocked.CompareExchange(ref slowest, worked, known);
            if (found == known)
                break;
            known = found;
        }
    }
}
