using System.Globalization;

namespace Flotilla.Kubernetes.Cel.Values;

/// <summary>A semantic version (semver.org 2.0.0).</summary>
internal sealed class CelSemver : CelOpaque
{
    public static readonly CelType CelType = new ObjectType("kubernetes.Semver", null);
    private readonly string[] preRelease;
    private readonly string text;

    private CelSemver(ulong major, ulong minor, ulong patch, string[] preRelease, string text)
    {
        (Major, Minor, Patch) = (major, minor, patch);
        this.preRelease = preRelease;
        this.text = text;
    }

    public ulong Major { get; }

    public ulong Minor { get; }

    public ulong Patch { get; }

    public override CelType Type => CelType;

    /// <summary>Reads a version; answers what is wrong (as the library <c>blang/semver</c> says it), or null.</summary>
    public static string? TryParse(string text, bool normalize, out CelSemver? version)
    {
        version = null;
        if (normalize)
        {
            if (Normalize(text) is not { } normal)
                return "short version cannot contain PreRelease/Build meta data";
            text = normal;
        }
        if (text.Length == 0)
            return "Version string empty";
        var parts = text.Split('.', 3);
        if (parts.Length != 3)
            return "No Major.Minor.Patch elements found";
        var (patch, preRelease, build) = SplitPatch(parts[2]);
        if ((Number(parts[0], "Major", out var major) ?? Number(parts[1], "Minor", out _)) is { } problem)
            return problem;
        _ = Number(parts[1], "Minor", out var minor);
        if (Number(patch, "Patch", out var patchNumber) is { } patchProblem)
            return patchProblem;
        if (Identifiers(preRelease, "Prerelease", "PreRelease") is { } preReleaseProblem)
            return preReleaseProblem;
        if (Identifiers(build, null, "Build meta data") is { } buildProblem)
            return buildProblem;
        version = new CelSemver(major, minor, patchNumber, preRelease ?? [], text);
        return null;
    }

    /// <summary>The order of precedence: build metadata does not count, a pre-release comes before its release.</summary>
    public int CompareTo(CelSemver other)
    {
        var order = (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));
        if (order != 0)
            return Math.Sign(order);
        if (preRelease.Length == 0 || other.preRelease.Length == 0)
            return Math.Sign(other.preRelease.Length - preRelease.Length);
        for (var i = 0; i < preRelease.Length && i < other.preRelease.Length; i++)
        {
            var (x, y) = (preRelease[i], other.preRelease[i]);
            var (xIsNumber, yIsNumber) = (IsNumber(x), IsNumber(y));
            order = xIsNumber && yIsNumber
                ? (x.Length != y.Length ? x.Length - y.Length : string.CompareOrdinal(x, y))
                : xIsNumber != yIsNumber ? (xIsNumber ? -1 : 1) : string.CompareOrdinal(x, y);
            if (order != 0)
                return Math.Sign(order);
        }
        return Math.Sign(preRelease.Length - other.preRelease.Length);
    }

    public override bool EqualTo(CelOpaque other) => CompareTo((CelSemver)other) == 0;

    public override string ToString() => text;

    /// <summary>Takes a leading <c>v</c> and leading zeros away and adds missing parts.</summary>
    private static string? Normalize(string text)
    {
        if (text.StartsWith('v'))
            text = text[1..];
        var parts = text.Split('.', 3);
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i].Length <= 1)
                continue;
            var part = parts[i].TrimStart('0');
            parts[i] = part.Length == 0 || !char.IsAsciiDigit(part[0]) ? "0" + part : part;
        }
        if (parts.Length < 3 && parts[^1].AsSpan().IndexOfAny('+', '-') >= 0)
            return null;
        return string.Join('.', parts.Concat(Enumerable.Repeat("0", 3 - parts.Length)));
    }

    private static (string Patch, string[]? PreRelease, string[]? Build) SplitPatch(string text)
    {
        string[]? build = null;
        string[]? preRelease = null;
        if (text.IndexOf('+', StringComparison.Ordinal) is >= 0 and var plus)
        {
            build = text[(plus + 1)..].Split('.');
            text = text[..plus];
        }
        if (text.IndexOf('-', StringComparison.Ordinal) is >= 0 and var dash)
        {
            preRelease = text[(dash + 1)..].Split('.');
            text = text[..dash];
        }
        return (text, preRelease, build);
    }

    private static string? Number(string text, string part, out ulong value)
    {
        value = 0;
        if (text.AsSpan().IndexOfAnyExceptInRange('0', '9') >= 0)
            return $"Invalid character(s) found in {part.ToLowerInvariant()} number {Errors.FieldError.Quote(text)}";
        if (text.Length > 1 && text[0] == '0')
            return $"{part} number must not contain leading zeroes {Errors.FieldError.Quote(text)}";
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value))
            return null;
        return $"strconv.ParseUint: parsing {Errors.FieldError.Quote(text)}: {(text.Length == 0 ? "invalid syntax" : "value out of range")}";
    }

    private static string? Identifiers(string[]? identifiers, string? numeric, string name)
    {
        foreach (var identifier in identifiers ?? [])
        {
            if (identifier.Length == 0)
                return numeric is null ? "Build meta data is empty" : "Prerelease is empty";
            if (numeric is not null && IsNumber(identifier) && identifier.Length > 1 && identifier[0] == '0')
                return $"Numeric PreRelease version must not contain leading zeroes {Errors.FieldError.Quote(identifier)}";
            if (!identifier.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
                return $"Invalid character(s) found in {(numeric is null ? "build meta data" : "prerelease")} {Errors.FieldError.Quote(identifier)}";
        }
        return null;
    }

    private static bool IsNumber(string text) => text.Length > 0 && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0;
}
