using System.Globalization;

namespace Flotilla.ApiServer.Tables;

/// <summary>Spans of time as Kubernetes shows them: two units at most, coarser the longer they are.</summary>
internal static class HumanDuration
{
    public const string Unknown = "<unknown>";
    public const string Invalid = "<invalid>";

    /// <summary>How long ago a timestamp was; <c>&lt;unknown&gt;</c> when there is none.</summary>
    public static string Since(DateTimeOffset? time, DateTimeOffset now) => time is { } t ? Format(now - t) : Unknown;

    /// <summary>As <c>45s</c>, <c>5m30s</c>, <c>3h</c>, <c>12d</c>, <c>2y20d</c>. Two seconds into the future still count as clocks that differ.</summary>
    public static string Format(TimeSpan span)
    {
        var seconds = span.Ticks / TimeSpan.TicksPerSecond;
        if (seconds < -1)
            return Invalid;
        if (seconds < 0)
            return "0s";
        if (seconds < 120)
            return $"{seconds}s";

        var minutes = seconds / 60;
        if (minutes < 10)
            return Two(minutes, "m", seconds % 60, "s");
        if (minutes < 3 * 60)
            return $"{minutes}m";

        var hours = minutes / 60;
        if (hours < 8)
            return Two(hours, "h", minutes % 60, "m");
        if (hours < 48)
            return $"{hours}h";
        if (hours < 8 * 24)
            return Two(hours / 24, "d", hours % 24, "h");

        var days = hours / 24;
        if (days < 2 * 365)
            return $"{days}d";
        return days < 8 * 365 ? Two(days / 365, "y", days % 365, "d") : $"{days / 365}y";
    }

    /// <summary>Reads an RFC 3339 timestamp; null when there is none or it is malformed.</summary>
    public static DateTimeOffset? Parse(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static string Two(long coarse, string coarseUnit, long fine, string fineUnit) =>
        fine == 0 ? $"{coarse}{coarseUnit}" : $"{coarse}{coarseUnit}{fine}{fineUnit}";
}
