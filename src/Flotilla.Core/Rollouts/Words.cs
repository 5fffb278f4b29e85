using System.Globalization;

namespace Flotilla.Core.Rollouts;

/// <summary>Numbers, times and names as a story tells them.</summary>
internal static class Words
{
    private const int MostNamed = 3;

    /// <summary>The two largest units: <c>1d12h</c>, <c>30m</c>.</summary>
    public static string Duration(TimeSpan time)
    {
        (long Value, string Unit)[] parts = [(time.Days, "d"), (time.Hours, "h"), (time.Minutes, "m"), (time.Seconds, "s")];
        var first = Array.FindIndex(parts, p => p.Value > 0);
        return first < 0 ? "0s" : string.Concat(parts.Skip(first).Take(2).Where(p => p.Value > 0).Select(p => p.Value.ToString(CultureInfo.InvariantCulture) + p.Unit));
    }

    /// <summary>A moment, to the minute: <c>20 December 2026 08:00Z</c>.</summary>
    public static string Moment(DateTimeOffset time) => time.UtcDateTime.ToString("d MMMM yyyy HH:mm'Z'", CultureInfo.InvariantCulture);

    /// <summary><c>1 site</c>, <c>2 sites</c>.</summary>
    public static string Sites(int count) => count == 1 ? "1 site" : string.Create(CultureInfo.InvariantCulture, $"{count} sites");

    /// <summary>The first few names, and how many more.</summary>
    public static string Names(IReadOnlyList<string> names) => Names(names, names.Count);

    /// <summary>The same of some of which only the first are at hand.</summary>
    public static string Names(IReadOnlyList<string> names, int count) =>
        string.Join(", ", names.Take(MostNamed)) + (count > MostNamed ? string.Create(CultureInfo.InvariantCulture, $" and {count - MostNamed} more") : "");
}
