using System.Collections.Concurrent;
using Flotilla.Api;
using Flotilla.Api.Rollouts;

namespace Flotilla.Core.Windows;

/// <summary>
/// When changes may begin at sites of a zone: the same answers at the site and at the hub. Open when any window is, or when there is none;
/// blackouts of every window win over that, freezes over all. Made once for many questions, which may come from several threads.
/// </summary>
public sealed class MaintenanceCalendar
{
    /// <summary>How far is looked ahead.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromDays(400);

    private const int DaysOfBook = 128;
    private static readonly TimeSpan LongestChange = TimeSpan.FromDays(30);
    private static readonly DateTime Earliest = new(1, 3, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Latest = new(9996, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private readonly ConcurrentDictionary<int, CalendarPages> books = new();
    private readonly IReadOnlyList<WindowRules> windows;
    private readonly IReadOnlyList<Block> freezes;
    private readonly (string Reason, string Message)? trouble;
    private volatile Opened? opened;

    private MaintenanceCalendar(IReadOnlyList<WindowRules> windows, IReadOnlyList<Block> freezes, (string, string)? trouble) =>
        (this.windows, this.freezes, this.trouble) = (windows, freezes, trouble);

    /// <summary>Makes a calendar. One that cannot be made right is closed, and says why.</summary>
    /// <param name="windows">The windows; none keeps nothing closed.</param>
    /// <param name="zone">Name of the site's zone in the IANA database; null for UTC.</param>
    /// <param name="freezes">Times in which nothing begins.</param>
    /// <param name="find">Finds a zone by its name; null when it is not known.</param>
    public static MaintenanceCalendar Make(
        IReadOnlyList<MaintenanceWindowSpec> windows, string? zone, IReadOnlyList<Freeze> freezes, Func<string, TimeZoneInfo?> find)
    {
        var blocks = freezes.Select(f => new Block(f.From.UtcDateTime, f.To.UtcDateTime, f.Reason, IsFreeze: true)).Where(b => b.From < b.To).ToList();
        var rules = new List<WindowRules>();
        foreach (var window in windows)
        {
            var name = window.TimeZone == MaintenanceWindowSpec.SiteZone ? zone : window.TimeZone;
            if ((name is null ? TimeZoneInfo.Utc : find(name)) is not { } found)
                return new([], [], (Reasons.TimeZoneUnknown, $"The time zone {name} of the maintenance window is not known here: nothing begins until it is, or another is declared."));
            try
            {
                rules.Add(new WindowRules(window, found));
            }
            catch (FormatException e)
            {
                return new([], [], (Reasons.Malformed, $"A maintenance window cannot be read, so nothing begins: {e.Message}"));
            }
        }
        return new(rules, blocks, null);
    }

    /// <summary>A calendar that is closed, and says why.</summary>
    public static MaintenanceCalendar Closed(string reason, string message) => new([], [], (reason, message));

    /// <summary>Whether a change may begin, however long it takes.</summary>
    public WindowAnswer At(DateTimeOffset now) => At(now, TimeSpan.Zero);

    /// <summary>Whether a change may begin that is expected to take so long.</summary>
    public WindowAnswer At(DateTimeOffset now, TimeSpan expected)
    {
        if (trouble is var (reason, message))
            return new() { Reason = reason, Because = message };
        if (windows.Count == 0 && freezes.Count == 0)
            return default;
        var utc = Within(now.UtcDateTime);
        var number = (int)(utc.Ticks / TimeSpan.TicksPerDay / DaysOfBook);
        var book = opened;
        if (book?.Number != number)
            opened = book = new(number, books.GetOrAdd(number, Book));
        return book.Pages.At(utc, expected < TimeSpan.Zero ? TimeSpan.Zero : expected > LongestChange ? LongestChange : expected, utc + Ahead);
    }

    private CalendarPages Book(int number)
    {
        var from = Within(new DateTime((long)number * DaysOfBook * TimeSpan.TicksPerDay, DateTimeKind.Utc));
        var to = from + TimeSpan.FromDays(DaysOfBook) + Ahead + LongestChange + TimeSpan.FromDays(2);
        var openings = new List<Opening>();
        var blocks = new List<Block>(freezes.Where(f => f.From < to && f.To > from));
        foreach (var window in windows)
            window.Collect(from, to, openings, blocks);
        if (windows.Count == 0)
            openings.Add(new(from, to, null));
        return new CalendarPages(openings, blocks, from, to);
    }

    private static DateTime Within(DateTime time) => time < Earliest ? Earliest : time > Latest ? Latest : time;

    private sealed record Opened(int Number, CalendarPages Pages);
}
