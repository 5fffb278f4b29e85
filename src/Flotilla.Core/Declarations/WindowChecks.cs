using System.Globalization;
using Flotilla.Api.Rollouts;

namespace Flotilla.Core.Declarations;

/// <summary>What a schema cannot say of a MaintenanceWindow.</summary>
internal static class WindowChecks
{
    private const int Day = 24 * 60;
    private const int Week = 7 * Day;
    private static readonly string[] Days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

    public static IEnumerable<Problem> Check(Declared declared, MaintenanceWindow window, DateOnly? today)
    {
        var spec = window.Spec;
        if (spec.TimeZone != MaintenanceWindowSpec.SiteZone && TimeZoneNames.Check(declared, "spec.timeZone", spec.TimeZone) is { } unknown)
            yield return spec.TimeZone.Equals(MaintenanceWindowSpec.SiteZone, StringComparison.OrdinalIgnoreCase) ? unknown with { Remedy = "did you mean Site?" } : unknown;
        for (var i = 0; i < spec.Open.Count; i++)
        {
            var (from, length) = Span(spec.Open[i]);
            if (spec.Open[i].FinishBy is { } by && After(from, Minutes(by)) < length)
                yield return declared.Error($"spec.open[{i}].finishBy", $"{by} comes before it closes at {spec.Open[i].To}, and nothing that takes time could begin in between", "let it close by then, or finish later");
            for (var other = 0; other < i; other++)
            {
                if (Overlap(spec.Open[other], spec.Open[i]) is { } when)
                    yield return declared.Error($"spec.open[{i}]", $"overlaps open[{other}] on {when}", "let one end where the other begins, or make one of both");
            }
        }
        var places = spec.Dates.SelectMany((d, i) => new[] { ($"spec.dates[{i}].from", d.From), ($"spec.dates[{i}].to", d.To), ($"spec.dates[{i}].finishBy", d.FinishBy) })
            .Concat(spec.Blackouts.SelectMany((b, i) => new[] { ($"spec.blackouts[{i}].from", b.From), ($"spec.blackouts[{i}].to", (string?)b.To) }));
        foreach (var (field, text) in places)
        {
            if (text is not null && Read(text) is null)
                yield return declared.Error(field, $"there is no such day as {text}", "look at the calendar; months have 28 to 31 days");
        }
        for (var i = 0; i < spec.Dates.Count; i++)
        {
            if (spec.Dates[i].FinishBy is { } by && End(by) < End(spec.Dates[i].To))
                yield return declared.Error($"spec.dates[{i}].finishBy", $"{by} comes before it closes at {spec.Dates[i].To}, and nothing that takes time could begin in between", "let it close by then, or finish later");
        }
        if (today is { } day && spec.Open.Count == 0 && spec.Dates.Count > 0 && spec.Dates.All(d => End(d.To) < day.ToDateTime(TimeOnly.MinValue)))
            yield return declared.Warning("spec.dates", "all dates are over: nothing ever begins in this window", "add a date to come, or open it on days of the week");
    }

    /// <summary>Minutes of the day at which it opens, and for how many it is open.</summary>
    private static (int From, int Length) Span(WeeklyOpening opening) => (Minutes(opening.From), After(Minutes(opening.From), Minutes(opening.To)));

    private static int After(int from, int time) => time > from ? time - from : time + Day - from;

    private static int Minutes(string time) =>
        (int.Parse(time.AsSpan(0, 2), CultureInfo.InvariantCulture) * 60) + int.Parse(time.AsSpan(3, 2), CultureInfo.InvariantCulture);

    private static string? Overlap(WeeklyOpening left, WeeklyOpening right)
    {
        var (leftFrom, leftLength) = Span(left);
        var (rightFrom, rightLength) = Span(right);
        foreach (var a in left.Days)
        {
            foreach (var b in right.Days)
            {
                // How long after the one opens the other does, around the week.
                var later = (((Array.IndexOf(Days, b) - Array.IndexOf(Days, a)) * Day) + rightFrom - leftFrom + Week) % Week;
                if (later < leftLength)
                    return b;
                if (Week - later < rightLength)
                    return a;
            }
        }
        return null;
    }

    private static DateTime? End(string text) => text.Length == 10 ? Read(text)?.AddDays(1) : Read(text);

    private static DateTime? Read(string text) => DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;
}
