namespace Flotilla.Core.Tests;

public sealed class DeclaredDurationTests
{
    [Theory]
    [InlineData("45d", 45 * 24 * 60)]
    [InlineData("1d12h", 36 * 60)]
    [InlineData("1h30m", 90)]
    [InlineData("0d", 0)]
    [InlineData("99999d", 99_999 * 24 * 60)]
    public void A_day_has_24_hours(string text, int minutes) => Assert.Equal(TimeSpan.FromMinutes(minutes), DeclaredDuration.Parse(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("d")]
    [InlineData("-1d")]
    [InlineData("1.5d")]
    [InlineData("1h1d")]
    [InlineData("-1h")]
    [InlineData("1d-1h")]
    [InlineData("100000d")]
    [InlineData("9999999999999h")]
    public void What_is_no_duration_is_none(string? text) => Assert.Null(DeclaredDuration.Parse(text));
}
