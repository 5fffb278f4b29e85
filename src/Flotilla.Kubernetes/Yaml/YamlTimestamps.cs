using System.Globalization;
using System.Text.RegularExpressions;

namespace Flotilla.Kubernetes.Yaml;

/// <summary>The forms of time that go-yaml v2 recognises. Values stay text; but writers must quote them, and <c>!!timestamp</c> demands them.</summary>
internal static partial class YamlTimestamps
{
    public static bool IsTimestamp(string text)
    {
        if (text.Length < 8 || !char.IsAsciiDigit(text[0]) || text[4] != '-')
            return false;
        var match = Form().Match(text);
        return match.Success
            && Part(match, "month") is >= 1 and <= 12 and var month
            && Part(match, "day") is >= 1 and var day
            && day <= DateTime.DaysInMonth(Math.Max(1, Part(match, "year") ?? 1), month)
            && (Part(match, "hour") ?? 0) < 24
            && (Part(match, "minute") ?? 0) < 60
            && (Part(match, "second") ?? 0) < 60
            && (Part(match, "zoneHour") ?? 0) <= 24
            && (Part(match, "zoneMinute") ?? 0) < 60;
    }

    private static int? Part(Match match, string name) =>
        match.Groups[name] is { Success: true } group ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(
        @"^(?<year>[0-9]{4})-(?<month>[0-9]{1,2})-(?<day>[0-9]{1,2})" +
        @"((?:[Tt](?<hour>[0-9]{1,2}):(?<minute>[0-9]{1,2}):(?<second>[0-9]{1,2})([.,][0-9]+)?(Z|[+-](?<zoneHour>[0-9]{2}):(?<zoneMinute>[0-9]{2})))" +
        @"|(?: (?<hour>[0-9]{1,2}):(?<minute>[0-9]{1,2}):(?<second>[0-9]{1,2})([.,][0-9]+)?))?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
