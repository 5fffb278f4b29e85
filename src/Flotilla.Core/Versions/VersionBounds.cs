namespace Flotilla.Core.Versions;

/// <summary>One limit of a range.</summary>
/// <param name="Low">Whether it is a lower one.</param>
/// <param name="Version">Where it lies.</param>
/// <param name="Included">Whether the version itself is in.</param>
/// <param name="Named">Whether somebody wrote the version; else it follows from a shorter form, and names no pre-release.</param>
internal readonly record struct VersionBound(bool Low, SemanticVersion Version, bool Included, bool Named)
{
    public bool Admits(SemanticVersion version)
    {
        var order = version.CompareTo(Version);
        return order == 0 ? Included : Low == order > 0;
    }

    public bool NamesPreReleaseOf(SemanticVersion version) =>
        Named && Version.IsPreRelease && (Version.Major, Version.Minor, Version.Patch) == (version.Major, version.Minor, version.Patch);
}

/// <summary>Reads one bound of a range as the limits that it stands for.</summary>
internal static class VersionBounds
{
    /// <summary>Adds the limits of a bound; answers what is wrong, or null.</summary>
    public static string? Read(string operation, string text, List<VersionBound> bounds)
    {
        if (operation is not ("" or "=" or ">" or ">=" or "<" or "<=" or "^" or "~"))
            return $"'{operation}' compares nothing: use =, >, >=, <, <=, ^ or ~";
        if (Parts(text) is not { } parts)
            return text.Length == 0 ? $"'{operation}' is followed by no version" : $"'{text}' is no version";
        var (given, low) = parts;
        switch (operation)
        {
            case ">=":
                AddLow(low);
                break;
            case "<":
                bounds.Add(new VersionBound(false, given == 0 ? Nothing : low, false, given > 0));
                break;
            case ">" when given == 3:
                bounds.Add(new VersionBound(true, low, false, true));
                break;
            case ">" when given == 0:
                // Nothing is above "any version", nor below it.
                bounds.Add(new VersionBound(false, Nothing, false, false));
                break;
            case ">":
                AddLow(Next(low, given));
                break;
            case "<=":
                if (given == 3)
                    bounds.Add(new VersionBound(false, low, true, true));
                else
                    AddHigh(low, given);
                break;
            case "^":
                AddLow(low);
                AddHigh(low, given == 0 ? 0 : low.Major > 0 || given == 1 ? 1 : low.Minor > 0 || given == 2 ? 2 : 3);
                break;
            case "~":
                AddLow(low);
                AddHigh(low, Math.Min(given, 2));
                break;
            default:
                AddLow(low);
                if (given == 3)
                    bounds.Add(new VersionBound(false, low, true, true));
                else
                    AddHigh(low, given);
                break;
        }
        return null;

        void AddLow(SemanticVersion version) => bounds.Add(new VersionBound(true, version, true, given > 0));

        // Up to, and without, the next version of a part; its pre-releases are out, too.
        void AddHigh(SemanticVersion version, int part)
        {
            if (part > 0)
                bounds.Add(new VersionBound(false, FirstOf(Next(version, part)), false, false));
        }
    }

    private static SemanticVersion Nothing { get; } = new(0, 0, 0, ["0"]);

    private static SemanticVersion FirstOf(SemanticVersion version) => new(version.Major, version.Minor, version.Patch, ["0"]);

    private static SemanticVersion Next(SemanticVersion version, int part) => part switch
    {
        1 => new(version.Major + 1, 0, 0),
        2 => new(version.Major, version.Minor + 1, 0),
        _ => new(version.Major, version.Minor, version.Patch + 1),
    };

    /// <summary>How many parts are given, and the lowest version that fits them.</summary>
    private static (int Given, SemanticVersion Low)? Parts(string text)
    {
        if (text.Length == 0)
            return null;
        var (core, pre, build) = SemanticVersion.Split(text);
        var parts = core.Split('.');
        var given = Array.FindIndex(parts, part => part is "x" or "X" or "*");
        given = given < 0 ? parts.Length : given;
        if (parts.Length > 3 || parts[given..].Any(part => part is not ("x" or "X" or "*")))
            return null;
        if (given < 3)
            return pre is null && build is null && SemanticVersion.TryParse(given == 0 ? "0" : string.Join('.', parts[..given])) is { } partial ? (given, partial) : null;
        return SemanticVersion.TryParse(text) is { } whole ? (3, whole) : null;
    }
}
