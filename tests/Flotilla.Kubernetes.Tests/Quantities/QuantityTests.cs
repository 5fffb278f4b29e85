using CsCheck;
using Flotilla.Kubernetes.Quantities;

namespace Flotilla.Kubernetes.Tests.Quantities;

public sealed class QuantityTests
{
    private static readonly string[] Suffixes = ["n", "u", "m", "", "k", "M", "G", "Ki", "Mi", "Gi", "e3", "e-2"];

    [Theory]
    [InlineData("0", "0")]
    [InlineData("0Mi", "0")]
    [InlineData("-0.0", "0")]
    [InlineData("0.5", "500m")]
    [InlineData(".5", "500m")]
    [InlineData("5.", "5")]
    [InlineData("1.50", "1500m")]
    [InlineData("+12", "12")]
    [InlineData("100m", "100m")]
    [InlineData("1000m", "1")]
    [InlineData("2000", "2k")]
    [InlineData("1024", "1024")]
    [InlineData("1024Mi", "1Gi")]
    [InlineData("1.5Gi", "1536Mi")]
    [InlineData("0.5Ki", "512")]
    [InlineData("0.1Mi", "104857600m")]
    [InlineData("512Ki", "512Ki")]
    [InlineData("-3Gi", "-3Gi")]
    [InlineData("1e3", "1e3")]
    [InlineData("1E3", "1e3")]
    [InlineData("12e1", "120")]
    [InlineData("1e-3", "1e-3")]
    [InlineData("1n", "1n")]
    [InlineData("0.1n", "1n")]
    [InlineData("1.0000000001", "1000000001n")]
    [InlineData("10E", "10E")]
    [InlineData("8Ei", "9223372036854775807")]
    [InlineData("5E", "5E")]
    public void Is_written_in_its_canonical_form(string text, string canonical)
    {
        Assert.Null(Quantity.Parse(text, out var quantity));
        Assert.Equal(canonical, quantity.ToString());
    }

    [Theory]
    [InlineData("", Quantity.FormatProblem)]
    [InlineData("abc", Quantity.FormatProblem)]
    [InlineData(" 1", Quantity.FormatProblem)]
    [InlineData("1 Gi", Quantity.FormatProblem)]
    [InlineData("1KiB", Quantity.FormatProblem)]
    [InlineData("1.2.3", Quantity.NumberProblem)]
    [InlineData(".", Quantity.NumberProblem)]
    [InlineData("1K", Quantity.SuffixProblem)]
    [InlineData("1mm", Quantity.SuffixProblem)]
    [InlineData("1e", Quantity.SuffixProblem)]
    public void Says_what_is_wrong(string text, string problem) => Assert.Equal(problem, Quantity.Parse(text, out _));

    [Fact]
    public void Reading_the_canonical_form_again_changes_nothing() =>
        Gen.Select(Gen.Int[-2_000_000, 2_000_000], Gen.Int[0, 11].Select(i => Suffixes[i])).Sample((number, suffix) =>
        {
            Assert.True(Quantity.TryParse($"{number}{suffix}", out var first));
            Assert.True(Quantity.TryParse(first.ToString(), out var second));
            return first == second && first.ToString() == second.ToString();
        });
}
