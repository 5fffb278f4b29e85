using Flotilla.ApiServer.Tables;

namespace Flotilla.ApiServer.Tests.Tables;

public sealed class HumanDurationTests
{
    [Theory]
    [InlineData("-00:00:02", "<invalid>")]
    [InlineData("-00:00:01", "0s")]
    [InlineData("00:00:00.9", "0s")]
    [InlineData("00:00:45", "45s")]
    [InlineData("00:01:59", "119s")]
    [InlineData("00:02:00", "2m")]
    [InlineData("00:05:30", "5m30s")]
    [InlineData("00:09:59", "9m59s")]
    [InlineData("00:10:59", "10m")]
    [InlineData("02:59:59", "179m")]
    [InlineData("03:00:00", "3h")]
    [InlineData("07:59:00", "7h59m")]
    [InlineData("08:59:00", "8h")]
    [InlineData("1.23:59:00", "47h")]
    [InlineData("2.00:00:00", "2d")]
    [InlineData("2.01:00:00", "2d1h")]
    [InlineData("12.05:00:00", "12d")]
    [InlineData("729.00:00:00", "729d")]
    [InlineData("730.00:00:00", "2y")]
    [InlineData("750.00:00:00", "2y20d")]
    [InlineData("3000.00:00:00", "8y")]
    public void Spans_are_shown_in_two_units_at_most(string span, string expected) =>
        Assert.Equal(expected, HumanDuration.Format(TimeSpan.Parse(span, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void No_timestamp_is_unknown() => Assert.Equal("<unknown>", HumanDuration.Since(HumanDuration.Parse(null), DateTimeOffset.UnixEpoch));
}
