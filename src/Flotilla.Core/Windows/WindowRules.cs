using System.Globalization;
using Flotilla.Api.Rollouts;

namespace Flotilla.Core.Windows;

/// <summary>A declared window, read once.</summary>
internal sealed class WindowRules
{
    private static readonly string[] DayNames = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    private static readonly string[] Moments = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"];
    private readonly TimeZoneInfo zone;
    private readonly List<Weekly> weekly;
    private readonly List<(Moment From, Moment To, Moment? FinishBy)> dated;
    private readonly List<(Moment From, Moment To, string? Reason)> blackouts;

    /// <exception cref="FormatException">A time or a day cannot be read.</exception>
    public WindowRules(MaintenanceWindowSpec spec, TimeZoneInfo zone)
    {
        this.zone = zone;
        weekly = [.. spec.Open.Select(Read)];
        dated = [.. spec.Dates.Select(d => (MomentOf(d.From), MomentOf(d.To), d.FinishBy is { } by ? MomentOf(by) : (Moment?)null))];
        blackouts = [.. spec.Blackouts.Select(b => (MomentOf(b.From), MomentOf(b.To), b.Reason))];
    }

    /// <summary>Puts what is open and what is closed between two moments into lists.</summary>
    public void Collect(DateTime from, DateTime to, List<Opening> openings, List<Block> blocks)
    {
        var clock = new LocalClock(zone, from, to);
        if (weekly.Count == 0 && dated.Count == 0)
            openings.Add(new(from, to, null));
        foreach (var opening in weekly)
            Collect(opening, clock, from, to, openings);
        foreach (var (begin, end, finishBy) in dated)
            Add(openings, new(Start(clock, begin), End(clock, end), finishBy is { } by ? End(clock, by) : null), from, to);
        foreach (var (begin, end, reason) in blackouts)
        {
            var block = new Block(Start(clock, begin), End(clock, end), reason, IsFreeze: false);
            if (block.From < block.To && block.To > from && block.From < to)
                blocks.Add(block);
        }
    }

    private static void Collect(Weekly opening, LocalClock clock, DateTime from, DateTime to, List<Opening> openings)
    {
        // From two days before: an opening may reach into the time, and zones lie up to a day apart.
        for (var day = clock.Show(from).Date.AddDays(-2); day <= clock.Show(to).Date; day = day.AddDays(1))
        {
            if (opening.Days[(int)day.DayOfWeek])
                Add(openings, new(clock.First(day + opening.From), clock.Last(day + opening.To), opening.FinishBy is { } by ? clock.Last(day + by) : null), from, to);
        }
    }

    private static void Add(List<Opening> openings, Opening opening, DateTime from, DateTime to)
    {
        if (opening.From < opening.To && opening.To > from && opening.From < to)
            openings.Add(opening);
    }

    private static DateTime Start(LocalClock clock, Moment moment) => clock.First(moment.Local);

    /// <summary>A date ends where the next one begins.</summary>
    private static DateTime End(LocalClock clock, Moment moment) => moment.IsDate ? clock.First(moment.Local.AddDays(1)) : clock.Last(moment.Local);

    private static Weekly Read(WeeklyOpening declared)
    {
        var days = new bool[7];
        foreach (var name in declared.Days)
        {
            var day = Array.IndexOf(DayNames, name);
            days[day >= 0 ? day : throw new FormatException($"{name} is no day of the week; write Mon, Tue, Wed, Thu, Fri, Sat or Sun.")] = true;
        }
        var from = TimeOf(declared.From);
        return new(days, from, After(from, TimeOf(declared.To)), declared.FinishBy is { } by ? After(from, TimeOf(by)) : null);
    }

    private static TimeSpan After(TimeSpan from, TimeSpan time) => time > from ? time : time + TimeSpan.FromDays(1);

    private static TimeSpan TimeOf(string text) =>
        text == "24:00" ? TimeSpan.FromDays(1)
        : TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time.ToTimeSpan()
        : throw new FormatException($"{text} is no time of day; write it as 22:00.");

    private static Moment MomentOf(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? new(date.ToDateTime(TimeOnly.MinValue), true)
        : DateTime.TryParseExact(text, Moments, CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment) ? new(moment, false)
        : throw new FormatException($"{text} is no local date and time; write it as 2027-06-30T22:00, or 2027-06-30 for a whole day.");

    private sealed record Weekly(bool[] Days, TimeSpan From, TimeSpan To, TimeSpan? FinishBy);

    private readonly record struct Moment(DateTime Local, bool IsDate);
}

/// <summary>A time in which changes may begin.</summary>
internal sealed record Opening(DateTime From, DateTime To, DateTime? FinishBy);

/// <summary>A time in which none may.</summary>
internal sealed record Block(DateTime From, DateTime To, string? Reason, bool IsFreeze);
