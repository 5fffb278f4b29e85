using System.Globalization;

namespace Flotilla.Cli.Output;

/// <summary>Spans as people say them.</summary>
internal static class Ages
{
    /// <summary>As kubectl's AGE: <c>45s</c>, <c>12m</c>, <c>5h</c>, <c>3d</c>.</summary>
    public static string Of(TimeSpan span) => span switch
    {
        { Ticks: < 0 } => "0s",
        { TotalMinutes: < 2 } => Text((long)span.TotalSeconds, "s"),
        { TotalHours: < 3 } => Text((long)span.TotalMinutes, "m"),
        { TotalDays: < 2 } => Text((long)span.TotalHours, "h"),
        _ => Text((long)span.TotalDays, "d"),
    };

    /// <summary>Since an instant; <c>never</c> for none.</summary>
    public static string Since(DateTimeOffset? time, DateTimeOffset now) => time is { } then ? Of(now - then) : "never";

    private static string Text(long count, string unit) => count.ToString(CultureInfo.InvariantCulture) + unit;
}
