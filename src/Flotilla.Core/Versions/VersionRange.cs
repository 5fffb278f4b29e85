namespace Flotilla.Core.Versions;

/// <summary>
/// A set of versions: bounds that must all hold (<c>&gt;=1.31 &lt;1.35</c>), alternatives joined by <c>||</c>. A bound is
/// <c>= &gt; &gt;= &lt; &lt;= ^ ~</c> or nothing, and a version whose last parts may be missing or <c>x</c>, <c>X</c>, <c>*</c>. As in the semver
/// library of npm: <c>^</c> keeps the first part that is not zero, <c>~</c> the minor version, and a pre-release is in a range only
/// when one of the bounds it meets names a pre-release of the same version.
/// </summary>
public sealed class VersionRange
{
    private readonly string text;
    private readonly IReadOnlyList<IReadOnlyList<VersionBound>> alternatives;

    private VersionRange(string text, IReadOnlyList<IReadOnlyList<VersionBound>> alternatives) => (this.text, this.alternatives) = (text, alternatives);

    /// <summary>Every version that is no pre-release.</summary>
    public static VersionRange Everything { get; } = new("*", [[]]);

    /// <summary>Reads a range; null when it is none, with the reason.</summary>
    /// <param name="text">The range; null and empty stand for everything.</param>
    /// <param name="problem">What is wrong; empty when nothing is.</param>
    public static VersionRange? TryParse(string? text, out string problem)
    {
        problem = "";
        if (string.IsNullOrWhiteSpace(text))
            return Everything;
        var alternatives = new List<IReadOnlyList<VersionBound>>();
        foreach (var alternative in text.Split("||"))
        {
            if (Bounds(alternative, out problem) is not { } bounds)
                return null;
            alternatives.Add(bounds);
        }
        return new VersionRange(text.Trim(), alternatives);
    }

    /// <summary>Whether a version is in the range.</summary>
    public bool Contains(SemanticVersion version) => alternatives.Any(bounds =>
        bounds.All(bound => bound.Admits(version)) && (!version.IsPreRelease || bounds.Any(bound => bound.NamesPreReleaseOf(version))));

    /// <summary>The range as it was written.</summary>
    public override string ToString() => text;

    private static List<VersionBound>? Bounds(string text, out string problem)
    {
        var bounds = new List<VersionBound>();
        var words = 0;
        for (var rest = text.AsSpan().TrimStart(); rest.Length > 0; rest = rest.TrimStart())
        {
            var start = rest.IndexOfAnyExcept("<>=^~");
            var operation = rest[..(start < 0 ? rest.Length : start)].ToString();
            rest = rest[operation.Length..].TrimStart();
            var end = rest.IndexOfAny(" \t<>=^~");
            var version = rest[..(end < 0 ? rest.Length : end)].ToString();
            rest = rest[version.Length..];
            if (VersionBounds.Read(operation, version, bounds) is { } wrong)
            {
                problem = wrong;
                return null;
            }
            words++;
        }
        problem = words > 0 ? "" : "a range is missing beside ||";
        return words > 0 ? bounds : null;
    }
}
