using System.Globalization;
using CsCheck;
using Flotilla.Api.Rollouts;
using Flotilla.Core.Windows;

namespace Flotilla.Core.Tests.Windows;

/// <summary>Calendars against a walk through the minutes that looks at nothing but what a clock on the wall shows.</summary>
public sealed class CalendarPropertyTests
{
    private const int Minutes = 9 * 24 * 60;
    private static readonly string[] Zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago", "UTC"];
    private static readonly string[] Days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

    /// <summary>Around nights in which one of the zones changes its clock.</summary>
    private static readonly DateTimeOffset[] Starts =
        [.. new[] { "2026-03-05", "2026-03-26", "2026-04-01", "2026-09-03", "2026-10-01", "2026-10-22", "2026-10-29", "2026-12-27" }.Select(d => DateTimeOffset.Parse(d + "Z", CultureInfo.InvariantCulture))];

    private static readonly Gen<(int Day, int From, int Length)> Opening = Gen.Select(Gen.Int[0, 6], Gen.Int[0, 95], Gen.Int[1, 96]);

    private static readonly Gen<(int Zone, int Start, (int Day, int From, int Length)[] Openings, (int Day, int Days)[] Blackouts)> Declared =
        Gen.Select(Gen.Int[0, Zones.Length - 1], Gen.Int[0, Starts.Length - 1], Opening.Array[1, 4], Gen.Select(Gen.Int[0, 8], Gen.Int[0, 1]).Array[0, 2]);

    [Fact]
    public void Every_minute_is_as_the_clock_on_the_wall_says() => Declared.Sample(run =>
    {
        var (calendar, open, start) = Make(run);
        for (var i = 0; i < Minutes; i += 5)
        {
            if (calendar.At(start.AddMinutes(i)).IsOpen != open[i])
                throw new InvalidOperationException($"{Zones[run.Zone]} at {start.AddMinutes(i):u}: the wall says {open[i]}");
        }
    }, iter: 60);

    [Fact]
    public void What_opens_next_and_what_closes_is_the_very_next() => Gen.Select(Declared, Gen.Int[0, Minutes / 2]).Sample((run, minute) =>
    {
        var (calendar, open, start) = Make(run);
        var answer = calendar.At(start.AddMinutes(minute));
        var change = Array.FindIndex(open, minute, o => o != open[minute]);
        var told = answer.IsOpen ? answer.Closes : answer.Opens;
        return change < 0 ? told is null || told >= start.AddMinutes(Minutes) : told == start.AddMinutes(change);
    }, iter: 200);

    [Fact]
    public void What_takes_longer_may_begin_less_often_and_is_through_while_it_is_open() => Gen.Select(Declared, Gen.Int[0, Minutes / 2], Gen.Int[0, 600], Gen.Int[0, 600]).Sample((run, minute, one, other) =>
    {
        var (calendar, open, start) = Make(run);
        var (shorter, longer) = (Math.Min(one, other), Math.Max(one, other));
        var at = start.AddMinutes(minute);
        var (quick, slow) = (calendar.At(at, TimeSpan.FromMinutes(shorter)), calendar.At(at, TimeSpan.FromMinutes(longer)));
        var isThrough = open.AsSpan(minute, Math.Max(1, longer)).IndexOf(false) < 0;
        return slow.IsOpen == isThrough && (!slow.IsOpen || (quick.IsOpen && slow.Closes == quick.Closes && !(quick.LastStart < slow.LastStart)))
            && (slow.IsOpen || slow.Opens is not { } opens || (opens > at && calendar.At(opens, TimeSpan.FromMinutes(longer)).IsOpen));
    }, iter: 200);

    private static (MaintenanceCalendar Calendar, bool[] Open, DateTimeOffset Start) Make((int Zone, int Start, (int Day, int From, int Length)[] Openings, (int Day, int Days)[] Blackouts) run)
    {
        var (zone, start) = (TimeZoneInfo.FindSystemTimeZoneById(Zones[run.Zone]), Starts[run.Start]);
        var first = TimeZoneInfo.ConvertTime(start, zone).Date;
        var spec = new MaintenanceWindowSpec
        {
            Open = [.. run.Openings.Select(o => new WeeklyOpening { Days = [Days[o.Day]], From = Time(o.From), To = Time((o.From + o.Length) % 96) })],
            Blackouts = [.. run.Blackouts.Select(b => new Blackout { From = $"{first.AddDays(b.Day):yyyy-MM-dd}", To = $"{first.AddDays(b.Day + b.Days):yyyy-MM-dd}" })],
        };
        // What the wall shows, minute by minute, from three days before.
        const int Before = 3 * 24 * 60;
        var wall = Enumerable.Range(-Before, Before + Minutes + 2 * 24 * 60).Select(i => TimeZoneInfo.ConvertTime(start.AddMinutes(i), zone).DateTime).ToArray();
        var open = new bool[Minutes];
        foreach (var (day, from, length) in run.Openings)
        {
            for (var date = first.AddDays(-3); date < first.AddDays(11); date = date.AddDays(1))
            {
                if ((int)date.DayOfWeek != day)
                    continue;
                // From the first minute that shows it or is past it, up to the last that is before the end.
                var begin = Array.FindIndex(wall, w => w >= date.AddMinutes(15 * from));
                var end = Array.FindLastIndex(wall, w => w < date.AddMinutes(15 * (from + length)));
                for (var i = Math.Max(begin, Before); begin >= 0 && i <= end && i - Before < Minutes; i++)
                    open[i - Before] = true;
            }
        }
        for (var i = 0; i < Minutes; i++)
            open[i] &= !run.Blackouts.Any(b => wall[i + Before].Date >= first.AddDays(b.Day) && wall[i + Before].Date <= first.AddDays(b.Day + b.Days));
        return (MaintenanceCalendar.Make([spec], zone.Id, [], name => TimeZoneInfo.FindSystemTimeZoneById(name)), open, start);
    }

    private static string Time(int quarter) => $"{quarter / 4:00}:{quarter % 4 * 15:00}";
}
