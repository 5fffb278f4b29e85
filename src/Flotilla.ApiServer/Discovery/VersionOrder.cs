using System.Globalization;
using System.Text.RegularExpressions;

namespace Flotilla.ApiServer.Discovery;

/// <summary>
/// Orders versions as Kubernetes prefers them: stable before beta before alpha, newer before older, names of another shape
/// last and by alphabet (<c>v10, v2, v1, v1beta2, v1beta1, v1alpha1, foo</c>).
/// </summary>
internal sealed partial class VersionOrder : IComparer<string>
{
    public static readonly VersionOrder Instance = new();

    public int Compare(string? x, string? y)
    {
        var (a, b) = (Rank(x ?? ""), Rank(y ?? ""));
        if (a is null || b is null)
            return a is null && b is null ? string.CompareOrdinal(x, y) : a is null ? 1 : -1;
        return b.Value.CompareTo(a.Value);
    }

    private static (int Stability, long Major, long Minor)? Rank(string version)
    {
        var match = Shape().Match(version);
        if (!match.Success)
            return null;
        var stability = match.Groups["stage"].Value switch { "" => 2, "beta" => 1, _ => 0 };
        return (stability, Number(match.Groups["major"].Value), Number(match.Groups["minor"].Value));
    }

    private static long Number(string digits) => long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0;

    [GeneratedRegex(@"^v(?<major>[0-9]{1,18})(?:(?<stage>alpha|beta)(?<minor>[0-9]{1,18}))?\z")]
    private static partial Regex Shape();
}
