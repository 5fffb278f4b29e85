using System.Collections.Frozen;
using System.Globalization;
using System.Net.Mail;
using System.Text;
using System.Text.RegularExpressions;

namespace Flotilla.Kubernetes.Schemas.Formats;

/// <summary>
/// The string formats that kube-apiserver enforces in custom resources; every other one is ignored. A dash in a name does
/// not count (<c>date-time</c> is <c>datetime</c>).
/// </summary>
internal static partial class StringFormats
{
    private static readonly FrozenDictionary<string, Func<string, bool>> Known = new Dictionary<string, Func<string, bool>>
    {
        ["bsonobjectid"] = text => BsonObjectId().IsMatch(text),
        ["uri"] = Uris.IsRequestUri,
        ["email"] = text => MailAddress.TryCreate(text, out _),
        ["hostname"] = IsHostname,
        ["ipv4"] = text => IpAddresses.IsAddress(text, leadingZeros: true) && text.Contains('.', StringComparison.Ordinal),
        ["ipv6"] = text => text.Contains(':', StringComparison.Ordinal) && IpAddresses.IsAddress(text, leadingZeros: false),
        ["cidr"] = text => IpAddresses.IsCidr(text, leadingZeros: true),
        ["mac"] = text => Mac().IsMatch(text),
        ["uuid"] = text => Uuid().IsMatch(text),
        ["uuid3"] = text => Uuid3().IsMatch(text),
        ["uuid4"] = text => Uuid4().IsMatch(text),
        ["uuid5"] = text => Uuid5().IsMatch(text),
        ["isbn"] = text => Checksums.IsIsbn10(text) || Checksums.IsIsbn13(text),
        ["isbn10"] = Checksums.IsIsbn10,
        ["isbn13"] = Checksums.IsIsbn13,
        ["creditcard"] = Checksums.IsCreditCard,
        ["ssn"] = text => text.Length == 11 && SocialSecurityNumber().IsMatch(text),
        ["hexcolor"] = text => HexColor().IsMatch(text),
        ["rgbcolor"] = text => RgbColor().IsMatch(text),
        ["byte"] = text => Base64().IsMatch(text),
        ["password"] = _ => true,
        ["date"] = IsDate,
        ["duration"] = Durations.IsDuration,
        ["datetime"] = IsDateTime,
        ["k8sshortname"] = text => text.Length <= 63 && ShortName().IsMatch(text),
        ["k8slongname"] = text => text.Length <= 253 && LongName().IsMatch(text),
    }.ToFrozenDictionary();

    /// <summary>The check behind a format of strings; null when the format is not one that is enforced.</summary>
    public static Func<string, bool>? Find(string format) =>
        Known.TryGetValue(format, out var check) ? check : Known.GetValueOrDefault(format.Replace("-", "", StringComparison.Ordinal));

    /// <summary>Year, month and day of RFC 3339 (<c>2026-01-31</c>), a day that exists; the year may be 0000.</summary>
    public static bool IsDate(string text)
    {
        if (text.Length != 10 || text[4] != '-' || text[7] != '-' || !Digits(text, 0, 4) || !Digits(text, 5, 2) || !Digits(text, 8, 2))
            return false;
        var year = int.Parse(text.AsSpan(0, 4), CultureInfo.InvariantCulture);
        var month = int.Parse(text.AsSpan(5, 2), CultureInfo.InvariantCulture);
        var day = int.Parse(text.AsSpan(8, 2), CultureInfo.InvariantCulture);
        return month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year == 0 ? 4 : year, month);
    }

    private static bool IsDateTime(string text)
    {
        var parts = text.ToLowerInvariant().Split('t');
        if (parts.Length < 2 || !IsDate(parts[0]))
            return false;
        var time = TimeOfDay().Match(parts[1]);
        return time.Success && string.CompareOrdinal(time.Groups[1].Value, "23") <= 0
            && string.CompareOrdinal(time.Groups[2].Value, "59") <= 0 && string.CompareOrdinal(time.Groups[3].Value, "59") <= 0;
    }

    private static bool Digits(string text, int start, int count)
    {
        for (var i = start; i < start + count; i++)
        {
            if (!char.IsAsciiDigit(text[i]))
                return false;
        }
        return true;
    }

    /// <summary>
    /// One label, or labels that end in a top-level domain of two letters or more. Letters and symbols of any script count. A single
    /// label may have a dash only as its second character: so the pattern of kube-apiserver has it.
    /// </summary>
    private static bool IsHostname(string text)
    {
        var labels = text.Split('.');
        if (Encoding.UTF8.GetByteCount(text) > 255 || labels.Any(label => Encoding.UTF8.GetByteCount(label) > 63))
            return false;
        if (labels is [var only])
        {
            var runes = only.EnumerateRunes().ToArray();
            var rest = runes.Skip(runes is [_, { Value: '-' }, ..] ? 2 : 1);
            return runes.Length > 0 && IsHostnameRune(runes[0]) && rest.All(IsHostnameRune);
        }
        var top = labels[^1].EnumerateRunes().ToArray();
        return top.Length >= 2 && top.All(Rune.IsLetter) && labels.SkipLast(1).All(IsInnerLabel);
    }

    private static bool IsInnerLabel(string label)
    {
        var runes = label.EnumerateRunes().ToArray();
        return runes.Length > 0 && IsHostnameRune(runes[0]) && IsHostnameRune(runes[^1]) && runes.All(r => r.Value == '-' || IsHostnameRune(r));
    }

    private static bool IsHostnameRune(Rune rune) =>
        Rune.IsLetter(rune) || Rune.IsSymbol(rune) || (rune.IsAscii && char.IsAsciiDigit((char)rune.Value));

    [GeneratedRegex(@"^([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))\z")]
    private static partial Regex TimeOfDay();

    [GeneratedRegex(@"^[0-9a-fA-F]{24}\z")]
    private static partial Regex BsonObjectId();

    [GeneratedRegex(@"^(?:[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}(?:(?:[0-9a-f]{2}\1){2}|(?:[0-9a-f]{2}\1){14})?[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2}(?:[0-9a-f]{4}\.|(?:[0-9a-f]{4}\.){7})?[0-9a-f]{4})\z", RegexOptions.IgnoreCase)]
    private static partial Regex Mac();

    [GeneratedRegex(@"^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\z", RegexOptions.IgnoreCase)]
    private static partial Regex Uuid();

    [GeneratedRegex(@"^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}\z", RegexOptions.IgnoreCase)]
    private static partial Regex Uuid3();

    [GeneratedRegex(@"^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}\z", RegexOptions.IgnoreCase)]
    private static partial Regex Uuid4();

    [GeneratedRegex(@"^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}\z", RegexOptions.IgnoreCase)]
    private static partial Regex Uuid5();

    [GeneratedRegex(@"^[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}\z")]
    private static partial Regex SocialSecurityNumber();

    [GeneratedRegex(@"^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})\z")]
    private static partial Regex HexColor();

    [GeneratedRegex(@"^rgb\(\s*(0|[1-9][0-9]?|1[0-9][0-9]?|2[0-4][0-9]|25[0-5])\s*(,\s*(0|[1-9][0-9]?|1[0-9][0-9]?|2[0-4][0-9]|25[0-5])\s*){2}\)\z")]
    private static partial Regex RgbColor();

    [GeneratedRegex(@"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})\z")]
    private static partial Regex Base64();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex ShortName();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex LongName();
}
