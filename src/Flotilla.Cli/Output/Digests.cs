namespace Flotilla.Cli.Output;

/// <summary>Digests as people can compare them.</summary>
internal static class Digests
{
    private const int Length = 12;

    /// <summary>The first digits, without the algorithm; <c>-</c> for none.</summary>
    public static string Short(string? digest)
    {
        if (string.IsNullOrEmpty(digest))
            return "-";
        var digits = digest[(digest.IndexOf(':', StringComparison.Ordinal) + 1)..];
        return digits.Length > Length ? digits[..Length] : digits;
    }
}
