namespace Flotilla.Kubernetes.Schemas.Formats;

/// <summary>Numbers that carry their own check digit.</summary>
internal static class Checksums
{
    public static bool IsIsbn10(string text)
    {
        var digits = WithoutSeparators(text);
        if (digits.Length != 10 || !digits[..9].All(char.IsAsciiDigit) || !(char.IsAsciiDigit(digits[9]) || digits[9] == 'X'))
            return false;
        var sum = 0;
        for (var i = 0; i < 9; i++)
            sum += (i + 1) * (digits[i] - '0');
        return (sum + (10 * (digits[9] == 'X' ? 10 : digits[9] - '0'))) % 11 == 0;
    }

    public static bool IsIsbn13(string text)
    {
        var digits = WithoutSeparators(text);
        if (digits.Length != 13 || !digits.All(char.IsAsciiDigit))
            return false;
        var sum = 0;
        for (var i = 0; i < 12; i++)
            sum += (i % 2 == 0 ? 1 : 3) * (digits[i] - '0');
        return digits[12] - '0' == (10 - (sum % 10)) % 10;
    }

    /// <summary>A number of one of the known issuers whose Luhn sum is right; other characters are skipped.</summary>
    public static bool IsCreditCard(string text)
    {
        var digits = string.Concat(text.Where(char.IsAsciiDigit));
        if (!HasIssuer(digits))
            return false;
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            if (i % 2 == 1)
                digit = digit * 2 > 9 ? (digit * 2) - 9 : digit * 2;
            sum += digit;
        }
        return sum % 10 == 0;
    }

    private static bool HasIssuer(string digits) => (digits, digits.Length) switch
    {
        (['4', ..], 13 or 16) => true,
        (['5', >= '1' and <= '5', ..], 16) => true,
        (['6', '0', '1', '1', ..], 16) or (['6', '5', ..], 16) => true,
        (['3', '4' or '7', ..], 15) => true,
        (['3', '0', >= '0' and <= '5', ..], 14) or (['3', '6' or '8', ..], 14) => true,
        (['2', '1', '3', '1', ..] or ['1', '8', '0', '0', ..], 15) => true,
        (['3', '5', ..], 16) => true,
        _ => false,
    };

    private static string WithoutSeparators(string text) => string.Concat(text.Where(c => c != '-' && !char.IsWhiteSpace(c)));
}
