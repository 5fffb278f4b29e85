namespace Flotilla.Core.Windows;

/// <summary>
/// Local time of a zone over some days. A local time that does not exist stands for the moment at which the clock jumps over it; of one that
/// comes twice, both moments can be asked for.
/// </summary>
internal sealed class LocalClock
{
    private static readonly TimeSpan Step = TimeSpan.FromHours(6);
    private readonly List<Stretch> stretches = [];

    /// <param name="zone">The zone; only its offsets at given moments are asked for.</param>
    /// <param name="from">The first moment, UTC.</param>
    /// <param name="to">The end, UTC.</param>
    public LocalClock(TimeZoneInfo zone, DateTime from, DateTime to)
    {
        var (start, offset) = (from, zone.GetUtcOffset(from));
        for (var at = from; at < to;)
        {
            var next = to - at > Step ? at + Step : to;
            if (zone.GetUtcOffset(next) is var then && then != offset)
            {
                var change = Change(zone, at, next, offset);
                stretches.Add(new(start, change, offset));
                (start, offset, next) = (change, zone.GetUtcOffset(change), change);
            }
            at = next;
        }
        stretches.Add(new(start, DateTime.MaxValue, offset));
    }

    /// <summary>The first moment at which the clock shows a time, or a later one.</summary>
    public DateTime First(DateTime local)
    {
        var i = Near(local);
        while (i < stretches.Count - 1 && local - stretches[i].Offset >= stretches[i].To)
            i++;
        return Later(Utc(local, stretches[i].Offset), stretches[i].From);
    }

    /// <summary>The moment from which on the clock no longer shows an earlier time.</summary>
    public DateTime Last(DateTime local)
    {
        var i = Math.Min(Near(local) + 4, stretches.Count - 1);
        while (i > 0 && local - stretches[i].Offset <= stretches[i].From)
            i--;
        return Earlier(Utc(local, stretches[i].Offset), stretches[i].To);
    }

    /// <summary>The local time at a moment.</summary>
    public DateTime Show(DateTime utc)
    {
        var i = stretches.Count - 1;
        while (i > 0 && stretches[i].From > utc)
            i--;
        return utc + stretches[i].Offset;
    }

    /// <summary>A stretch from before the time, whatever the zone does.</summary>
    private int Near(DateTime local)
    {
        var i = 0;
        while (i < stretches.Count - 1 && stretches[i].To < local - TimeSpan.FromDays(2))
            i++;
        return i;
    }

    private static DateTime Change(TimeZoneInfo zone, DateTime before, DateTime after, TimeSpan offset)
    {
        while (after - before > TimeSpan.FromSeconds(1))
        {
            var middle = new DateTime((before.Ticks + after.Ticks) / 2 / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, DateTimeKind.Utc);
            if (middle <= before)
                middle = before + TimeSpan.FromSeconds(1);
            if (zone.GetUtcOffset(middle) == offset)
                before = middle;
            else
                after = middle;
        }
        return after;
    }

    private static DateTime Utc(DateTime local, TimeSpan offset) => DateTime.SpecifyKind(local - offset, DateTimeKind.Utc);

    private static DateTime Later(DateTime a, DateTime b) => a > b ? a : b;

    private static DateTime Earlier(DateTime a, DateTime b) => a < b ? a : b;

    /// <summary>A time without a change of the clock.</summary>
    private readonly record struct Stretch(DateTime From, DateTime To, TimeSpan Offset);
}
