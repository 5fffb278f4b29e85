using System.Globalization;

namespace Flotilla.Kubernetes.Schemas.Formats;

/// <summary>IP addresses and networks as Go's <c>net</c> reads them (no zones, no ports, no short forms).</summary>
internal static class IpAddresses
{
    /// <param name="text">The address.</param>
    /// <param name="leadingZeros">Whether <c>010.0.0.1</c> is taken (Kubernetes' own, older parser does).</param>
    public static bool IsAddress(string text, bool leadingZeros) =>
        text.Contains(':', StringComparison.Ordinal) ? IsV6(text, leadingZeros) : IsV4(text, leadingZeros);

    /// <summary>An address, a slash and a prefix length.</summary>
    public static bool IsCidr(string text, bool leadingZeros)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !IsAddress(text[..slash], leadingZeros))
            return false;
        var length = text.AsSpan(slash + 1);
        var most = text.AsSpan(0, slash).Contains(':') ? 128 : 32;
        return length.Length is > 0 and < 8 && int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var bits) && bits <= most;
    }

    private static bool IsV4(ReadOnlySpan<char> text, bool leadingZeros)
    {
        var parts = 0;
        foreach (var range in text.Split('.'))
        {
            var part = text[range];
            if (++parts > 4 || part.IsEmpty || (!leadingZeros && part.Length > 1 && part[0] == '0'))
                return false;
            if (part.Length > 8 || !int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value > 255)
                return false;
        }
        return parts == 4;
    }

    private static bool IsV6(string text, bool leadingZeros)
    {
        var gap = text.IndexOf("::", StringComparison.Ordinal);
        if (gap < 0)
            return Groups(text, leadingZeros) == 8;
        var before = Groups(text[..gap], leadingZeros, last: false);
        var after = Groups(text[(gap + 2)..], leadingZeros);
        return before >= 0 && after >= 0 && before + after <= 7;
    }

    /// <summary>How many groups of 16 bits the part has (dotted numbers at the end count as two); -1 when it is not well formed.</summary>
    private static int Groups(string text, bool leadingZeros, bool last = true)
    {
        if (text.Length == 0)
            return 0;
        var parts = text.Split(':');
        var count = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            if (last && i == parts.Length - 1 && parts[i].Contains('.', StringComparison.Ordinal))
                return IsV4(parts[i], leadingZeros) ? count + 2 : -1;
            if (parts[i].Length is 0 or > 4 || !parts[i].All(char.IsAsciiHexDigit))
                return -1;
            count++;
        }
        return count;
    }
}
