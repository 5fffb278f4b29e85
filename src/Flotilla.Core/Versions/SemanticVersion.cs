using System.Globalization;

namespace Flotilla.Core.Versions;

/// <summary>
/// A version after SemVer 2, read with a little patience: a leading <c>v</c> and missing parts are taken (<c>v1.36</c>), and
/// leading zeros of calendar versions. Build metadata does not count in comparisons.
/// </summary>
public sealed record SemanticVersion : IComparable<SemanticVersion>
{
    private const int MostDigits = 15;
    private readonly string[] preRelease;

    internal SemanticVersion(long major, long minor, long patch, string[]? preRelease = null, string build = "") =>
        (Major, Minor, Patch, this.preRelease, Build) = (major, minor, patch, preRelease ?? [], build);

    public long Major { get; }

    public long Minor { get; }

    public long Patch { get; }

    /// <summary>What follows the plus sign, as <c>k3s1</c>; empty when there is none.</summary>
    public string Build { get; }

    /// <summary>What follows the dash, as <c>rc.1</c>; empty for a release.</summary>
    public string PreRelease => string.Join('.', preRelease);

    public bool IsPreRelease => preRelease.Length > 0;

    public static bool operator <(SemanticVersion left, SemanticVersion right) => left.CompareTo(right) < 0;

    public static bool operator >(SemanticVersion left, SemanticVersion right) => left.CompareTo(right) > 0;

    public static bool operator <=(SemanticVersion left, SemanticVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >=(SemanticVersion left, SemanticVersion right) => left.CompareTo(right) >= 0;

    /// <summary>Reads a version; null when it is none.</summary>
    public static SemanticVersion? TryParse(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        var (core, pre, build) = Split(text);
        var parts = core.Split('.');
        Span<long> numbers = stackalloc long[3];
        if (parts.Length > 3 || (pre is not null && !AreIdentifiers(pre)) || (build is not null && !AreIdentifiers(build)))
            return null;
        for (var i = 0; i < parts.Length; i++)
        {
            if (Number(parts[i]) is not { } number)
                return null;
            numbers[i] = number;
        }
        return new SemanticVersion(numbers[0], numbers[1], numbers[2], pre?.Split('.'), build ?? "");
    }

    /// <summary>
    /// Reads the version of a Kubernetes cluster. Vendors put their builds after a plus (<c>v1.36.2+k3s1</c>) or after a dash
    /// (<c>v1.36.2-gke.100</c>); only alpha, beta and rc are pre-releases there.
    /// </summary>
    public static SemanticVersion? TryParseKubernetes(string? text)
    {
        if (TryParse(text) is not { IsPreRelease: true } version)
            return TryParse(text);
        var isPreRelease = version.preRelease[0].TrimEnd("0123456789".ToCharArray()) is "alpha" or "beta" or "rc";
        return isPreRelease ? version : new SemanticVersion(version.Major, version.Minor, version.Patch, null, version.PreRelease);
    }

    public int CompareTo(SemanticVersion? other)
    {
        if (other is null)
            return 1;
        var order = (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));
        if (order != 0)
            return Math.Sign(order);
        if (!IsPreRelease || !other.IsPreRelease)
            return other.IsPreRelease.CompareTo(IsPreRelease) * (IsPreRelease == other.IsPreRelease ? 0 : 1);
        for (var i = 0; i < preRelease.Length && i < other.preRelease.Length; i++)
        {
            if (CompareIdentifiers(preRelease[i], other.preRelease[i]) is not 0 and var difference)
                return difference;
        }
        return Math.Sign(preRelease.Length - other.preRelease.Length);
    }

    /// <summary>Whether both have the same precedence.</summary>
    public bool Equals(SemanticVersion? other) => other is not null && CompareTo(other) == 0;

    public override int GetHashCode() => HashCode.Combine(Major, Minor, Patch);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}{(IsPreRelease ? "-" : "")}{PreRelease}{(Build.Length > 0 ? "+" : "")}{Build}");

    internal static long? Number(string text) =>
        text.Length is > 0 and <= MostDigits && text.All(char.IsAsciiDigit) ? long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : null;

    internal static bool AreIdentifiers(string text) =>
        text.Split('.').All(part => part.Length > 0 && part.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'));

    /// <summary>The numbers, what follows the first dash, and what follows the plus.</summary>
    internal static (string Core, string? PreRelease, string? Build) Split(string text)
    {
        if (text[0] is 'v' or 'V')
            text = text[1..];
        string? pre = null, build = null;
        if (text.IndexOf('+', StringComparison.Ordinal) is >= 0 and var plus)
            (text, build) = (text[..plus], text[(plus + 1)..]);
        if (text.IndexOf('-', StringComparison.Ordinal) is >= 0 and var dash)
            (text, pre) = (text[..dash], text[(dash + 1)..]);
        return (text, pre, build);
    }

    private static int CompareIdentifiers(string left, string right)
    {
        var (isLeft, isRight) = (left.All(char.IsAsciiDigit), right.All(char.IsAsciiDigit));
        if (isLeft != isRight)
            return isLeft ? -1 : 1;
        if (!isLeft)
            return Math.Sign(string.CompareOrdinal(left, right));
        var (x, y) = (left.TrimStart('0'), right.TrimStart('0'));
        return Math.Sign(x.Length != y.Length ? x.Length - y.Length : string.CompareOrdinal(x, y));
    }
}
