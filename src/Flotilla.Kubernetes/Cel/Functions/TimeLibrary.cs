using System.Globalization;
using Flotilla.Kubernetes.Cel.Checking;
using Flotilla.Kubernetes.Cel.Values;

namespace Flotilla.Kubernetes.Cel.Functions;

/// <summary>Parts of points in time (in UTC or a named zone) and of durations.</summary>
internal static class TimeLibrary
{
    public static void Declare(FunctionTable table)
    {
        Part(table, "getFullYear", "year", static t => t.Year);
        Part(table, "getMonth", "month", static t => t.Month - 1);
        Part(table, "getDayOfYear", "day_of_year", static t => t.DayOfYear - 1);
        Part(table, "getDayOfMonth", "day_of_month", static t => t.Day - 1);
        Part(table, "getDate", "day_of_month_1_based", static t => t.Day);
        Part(table, "getDayOfWeek", "day_of_week", static t => (int)t.DayOfWeek);
        Part(table, "getHours", "hours", static t => t.Hour);
        Part(table, "getMinutes", "minutes", static t => t.Minute);
        Part(table, "getSeconds", "seconds", static t => t.Second);
        Part(table, "getMilliseconds", "milliseconds", static t => t.Millisecond);
        Length(table, "getHours", "hours", 3600 * Timestamp.NanosPerSecond);
        Length(table, "getMinutes", "minutes", 60 * Timestamp.NanosPerSecond);
        Length(table, "getSeconds", "seconds", Timestamp.NanosPerSecond);
        Length(table, "getMilliseconds", "milliseconds", 1_000_000);
    }

    private static void Part(FunctionTable table, string function, string name, Func<DateTime, int> part)
    {
        table.Member(function, $"timestamp_to_{name}", [CelType.Timestamp], CelType.Int, (_, a) => CelValue.Of((long)part(a[0].Timestamp.ToDateTimeOffset().UtcDateTime)));
        table.Member(function, $"timestamp_to_{name}_with_tz", [CelType.Timestamp, CelType.String], CelType.Int, (_, a) =>
        {
            var time = a[0].Timestamp.ToDateTimeOffset();
            if (Offset(a[1].String, time, out var error) is not { } offset)
                return CelValue.Error(error);
            var ticks = time.UtcTicks + offset.Ticks;
            return ticks < 0 || ticks > DateTime.MaxValue.Ticks
                ? CelValue.Error("timestamp overflow")
                : CelValue.Of((long)part(new DateTime(ticks, DateTimeKind.Unspecified)));
        });
    }

    private static void Length(FunctionTable table, string function, string name, long unit) =>
        table.Member(function, $"duration_to_{name}", [CelType.Duration], CelType.Int, (_, a) => CelValue.Of(a[0].DurationNanos / unit));

    /// <summary>The offset of a zone (<c>Europe/Paris</c>, <c>+01:00</c>, <c>-8:30</c>) at a point in time.</summary>
    private static TimeSpan? Offset(string zone, DateTimeOffset time, out string error)
    {
        error = "";
        var colon = zone.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            if (zone is "" or "UTC" or "Local")
                return TimeSpan.Zero;
            if (IsZoneName(zone) && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found))
                return found.GetUtcOffset(time);
            error = $"unknown time zone {zone}";
            return null;
        }
        if (Number(zone.AsSpan(0, colon)) is not { } hours || Number(zone.AsSpan(colon + 1)) is not { } minutes || Math.Abs(hours) > 10_000 || Math.Abs(minutes) > 10_000)
        {
            error = $"strconv.Atoi: parsing \"{zone}\": invalid syntax";
            return null;
        }
        return TimeSpan.FromMinutes((hours * 60) + (zone[0] == '-' ? -minutes : minutes));
    }

    private static bool IsZoneName(string zone) =>
        zone.Length < 64 && !zone.Contains("..", StringComparison.Ordinal) && zone[0] != '/' && zone.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+');

    private static int? Number(ReadOnlySpan<char> text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;
}
