namespace Flotilla.Kubernetes.Cel.Values;

/// <summary>A point in time of the years 1 to 9999, with nanoseconds.</summary>
/// <param name="Seconds">Seconds since 1970-01-01T00:00:00Z.</param>
/// <param name="Nanos">Nanoseconds after that, 0 to 999,999,999.</param>
internal readonly record struct Timestamp(long Seconds, int Nanos) : IComparable<Timestamp>
{
    public const long MinSeconds = -62135596800;
    public const long MaxSeconds = 253402300799;
    public const long NanosPerSecond = 1_000_000_000;

    public bool InRange => Seconds is >= MinSeconds and <= MaxSeconds;

    public static Timestamp From(DateTimeOffset time)
    {
        var ticks = time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        var seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out var rest);
        return rest < 0
            ? new Timestamp(seconds - 1, (int)((rest + TimeSpan.TicksPerSecond) * 100))
            : new Timestamp(seconds, (int)(rest * 100));
    }

    /// <summary>The calendar date and time in UTC, without what is finer than 100 ns.</summary>
    public DateTimeOffset ToDateTimeOffset() => DateTimeOffset.FromUnixTimeSeconds(Seconds).AddTicks(Nanos / 100);

    /// <summary>The point in time after a duration; null when it is outside of the years 1 to 9999.</summary>
    public Timestamp? Add(long nanos)
    {
        var seconds = Seconds + (nanos / NanosPerSecond);
        var rest = Nanos + (nanos % NanosPerSecond);
        if (rest < 0)
            (seconds, rest) = (seconds - 1, rest + NanosPerSecond);
        else if (rest >= NanosPerSecond)
            (seconds, rest) = (seconds + 1, rest - NanosPerSecond);
        var sum = new Timestamp(seconds, (int)rest);
        return sum.InRange ? sum : null;
    }

    /// <summary>Nanoseconds since another point in time; null when 64 bits do not hold them.</summary>
    public long? Since(Timestamp other)
    {
        var nanos = ((Int128)(Seconds - other.Seconds) * NanosPerSecond) + (Nanos - other.Nanos);
        return nanos >= long.MinValue && nanos <= long.MaxValue ? (long)nanos : null;
    }

    public int CompareTo(Timestamp other) => Seconds != other.Seconds ? Seconds.CompareTo(other.Seconds) : Nanos.CompareTo(other.Nanos);

    public override string ToString() => TimeText.Format(this);
}
