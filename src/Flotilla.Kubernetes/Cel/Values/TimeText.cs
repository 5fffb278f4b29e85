using System.Globalization;

namespace Flotilla.Kubernetes.Cel.Values;

/// <summary>Points in time as RFC 3339 text with up to nine digits of a second.</summary>
internal static class TimeText
{
    /// <summary>The shortest RFC 3339 form in UTC.</summary>
    public static string Format(Timestamp time)
    {
        var text = DateTimeOffset.FromUnixTimeSeconds(time.Seconds).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        return time.Nanos == 0
            ? text + "Z"
            : $"{text}.{time.Nanos.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0')}Z";
    }

    /// <summary>Reads RFC 3339 as Go does: a zone is demanded, a comma may stand for the point.</summary>
    public static Timestamp? Parse(ReadOnlySpan<char> text)
    {
        if (text.Length < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':')
            return null;
        if (!Number(text[..4], out var year) || !Number(text[5..7], out var month) || !Number(text[8..10], out var day)
            || !Number(text[11..13], out var hour) || !Number(text[14..16], out var minute) || !Number(text[17..19], out var second))
            return null;
        if (year == 0 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
            return null;
        var rest = text[19..];
        if (!Fraction(ref rest, out var nanos) || !Zone(rest, out var offset))
            return null;
        var seconds = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero).ToUnixTimeSeconds() - offset;
        return new Timestamp(seconds, nanos);
    }

    /// <summary>Reads a date as the start of that day in UTC.</summary>
    public static Timestamp? ParseDate(string text) =>
        DateTime.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date)
            ? Timestamp.From(new DateTimeOffset(date, TimeSpan.Zero))
            : null;

    private static bool Fraction(ref ReadOnlySpan<char> rest, out int nanos)
    {
        nanos = 0;
        if (rest.Length < 2 || rest[0] is not ('.' or ',') || !char.IsAsciiDigit(rest[1]))
            return true;
        var length = 1;
        while (length < rest.Length && char.IsAsciiDigit(rest[length]))
            length++;
        for (var i = 1; i <= 9; i++)
            nanos = (nanos * 10) + (i < length ? rest[i] - '0' : 0);
        rest = rest[length..];
        return true;
    }

    private static bool Zone(ReadOnlySpan<char> rest, out long offset)
    {
        offset = 0;
        if (rest is "Z")
            return true;
        if (rest.Length != 6 || rest[0] is not ('+' or '-') || rest[3] != ':' || !Number(rest[1..3], out var hours) || !Number(rest[4..], out var minutes)
            || hours > 24 || minutes > 60)
            return false;
        offset = ((hours * 60L) + minutes) * (rest[0] == '-' ? -60 : 60);
        return true;
    }

    private static bool Number(ReadOnlySpan<char> digits, out int value) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
