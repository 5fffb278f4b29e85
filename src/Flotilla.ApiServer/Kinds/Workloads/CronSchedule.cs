using System.Globalization;
using System.Text.RegularExpressions;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>Whether a text is a cron schedule: five fields or a descriptor (<c>@daily</c>, <c>@every 1h</c>), in the dialect of robfig/cron.</summary>
internal static partial class CronSchedule
{
    private static readonly (int Low, int High, string[] Names)[] Fields =
    [
        (0, 59, []),
        (0, 23, []),
        (1, 31, []),
        (1, 12, ["", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
        (0, 6, ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
    ];

    /// <summary>What is wrong with a schedule; null when nothing is.</summary>
    public static string? Problem(string schedule)
    {
        if (schedule.StartsWith("TZ=", StringComparison.Ordinal) || schedule.StartsWith("CRON_TZ=", StringComparison.Ordinal))
        {
            var space = schedule.IndexOf(' ', StringComparison.Ordinal);
            var zone = schedule[(schedule.IndexOf('=', StringComparison.Ordinal) + 1)..(space < 0 ? schedule.Length : space)];
            if (!IsTimeZone(zone))
                return $"provided bad location {zone}: unknown time zone {zone}";
            schedule = space < 0 ? "" : schedule[space..].Trim();
        }
        if (schedule.StartsWith('@'))
            return Descriptor(schedule);
        var fields = schedule.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 5)
            return $"expected exactly 5 fields, found {fields.Length}: [{string.Join(' ', fields)}]";
        for (var i = 0; i < fields.Length; i++)
        {
            foreach (var range in fields[i].Split(','))
            {
                if (Range(range, Fields[i]) is { } problem)
                    return problem;
            }
        }
        return null;
    }

    /// <summary>Whether a name is in the time zone database (or looks so, where the system has none).</summary>
    public static bool IsTimeZone(string name) =>
        name.Length > 0 && !name.Contains("..", StringComparison.Ordinal) && !name.StartsWith('/')
            && (TimeZoneInfo.TryFindSystemTimeZoneById(name, out _) || (TimeZoneInfo.GetSystemTimeZones().Count < 10 && KnownArea().IsMatch(name)));

    private static string? Descriptor(string text)
    {
        const string every = "@every ";
        if (text is "@yearly" or "@annually" or "@monthly" or "@weekly" or "@daily" or "@midnight" or "@hourly")
            return null;
        if (!text.StartsWith(every, StringComparison.Ordinal))
            return $"unrecognized descriptor: {text}";
        return Duration().IsMatch(text[every.Length..]) ? null : $"failed to parse duration {text}: time: invalid duration \"{text[every.Length..]}\"";
    }

    private static string? Range(string text, (int Low, int High, string[] Names) field)
    {
        var steps = text.Split('/');
        var bounds = steps[0].Split('-');
        var (start, end) = (field.Low, field.High);
        var single = bounds.Length == 1;
        if (bounds[0] is not ("*" or "?"))
        {
            if (Number(bounds[0], field.Names, out start) is { } wrong)
                return wrong;
            end = start;
            if (bounds.Length == 2 && Number(bounds[1], field.Names, out end) is { } alsoWrong)
                return alsoWrong;
            if (bounds.Length > 2)
                return $"too many hyphens: {text}";
        }
        if (steps.Length > 2)
            return $"too many slashes: {text}";
        var step = 1;
        if (steps.Length == 2)
        {
            if (Number(steps[1], [], out step) is { } wrong)
                return wrong;
            if (single)
                end = field.High;
        }
        if (start < field.Low)
            return $"beginning of range ({start}) below minimum ({field.Low}): {text}";
        if (end > field.High)
            return $"end of range ({end}) above maximum ({field.High}): {text}";
        if (start > end)
            return $"beginning of range ({start}) beyond end of range ({end}): {text}";
        return step == 0 ? $"step of range should be a positive number: {text}" : null;
    }

    private static string? Number(string text, string[] names, out int number)
    {
        number = text.Length > 0 ? Array.IndexOf(names, text.ToLowerInvariant()) : -1;
        if (number >= 0)
            return null;
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
            return $"failed to parse int from {text}: strconv.Atoi: parsing \"{text}\": invalid syntax";
        return number < 0 ? $"negative number ({number}) not allowed: {text}" : null;
    }

    [GeneratedRegex(@"^[+-]?((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+\z")]
    private static partial Regex Duration();

    [GeneratedRegex(@"^(UTC|GMT|(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Brazil|Canada|Chile|Etc|Europe|Indian|Mexico|Pacific|US)/[A-Za-z0-9_+\-/]+)\z")]
    private static partial Regex KnownArea();
}
