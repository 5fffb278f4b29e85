namespace Flotilla.Core.Tests;

public sealed class DeclaredQuantityTests
{
    [Theory]
    [InlineData("512", 512L)]
    [InlineData("512k", 512_000L)]
    [InlineData("20M", 20_000_000L)]
    [InlineData("1.5Gi", 1_610_612_736L)]
    [InlineData("0", 0L)]
    [InlineData("2Ki", 2048L)]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("M", null)]
    [InlineData("-1M", null)]
    [InlineData("1e3", null)]
    [InlineData("99999999999999P", null)]
    public void It_is_read_as_people_write_it(string? text, long? number) => Assert.Equal(number, DeclaredQuantity.Parse(text));
}
