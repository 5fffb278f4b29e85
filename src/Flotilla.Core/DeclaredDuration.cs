using System.Globalization;
using Flotilla.Kubernetes.Text;

namespace Flotilla.Core;

/// <summary>Durations as people declare them: <c>45d</c>, <c>1d12h</c>, <c>1h30m</c>. A day is 24 hours.</summary>
public static class DeclaredDuration
{
    /// <summary>Reads one; null when it is none, negative, or longer than some 290 years.</summary>
    public static TimeSpan? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        var rest = text.AsSpan();
        var days = 0;
        if (rest.IndexOf('d') is > 0 and var end)
        {
            if (!int.TryParse(rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out days) || days > 99_999)
                return null;
            rest = rest[(end + 1)..];
        }
        var time = rest.IsEmpty ? TimeSpan.Zero : GoDuration.ParseTimeSpan(rest);
        return time >= TimeSpan.Zero ? time + TimeSpan.FromDays(days) : null;
    }
}
