using System.Text.Json;
using CsCheck;

namespace Flotilla.Content.Tests;

public sealed class DigestTests
{
    private const string OfAbc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"; // FIPS 180-2, appendix B.1

    [Fact]
    public void The_digest_of_the_published_example()
    {
        Assert.Equal(OfAbc, Digest.Of("abc"u8).ToString());
        Assert.Equal(OfAbc[7..], Digest.Of("abc"u8).Hex);
    }

    [Fact]
    public void What_is_written_reads_as_the_same_digest() => Gen.Byte.Array.Sample(content =>
    {
        var digest = Digest.Of(content);
        var hash = new byte[Digest.Size];
        digest.CopyTo(hash);
        return Digest.Parse(digest.ToString()) == digest && Digest.FromHash(hash) == digest;
    });

    [Fact]
    public void Digests_order_as_their_text_does() => Gen.Select(Gen.Byte.Array, Gen.Byte.Array).Sample((a, b) =>
        Math.Sign(Digest.Of(a).CompareTo(Digest.Of(b))) == Math.Sign(string.CompareOrdinal(Digest.Of(a).ToString(), Digest.Of(b).ToString())));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("sha256:")]
    [InlineData("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")]
    [InlineData("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a")]
    [InlineData("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad0")]
    [InlineData("sha256:../../../../etc/passwd00000000000000000000000000000000000000000000")]
    [InlineData("sha512:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    public void What_is_no_digest_is_refused(string? text) => Assert.False(Digest.TryParse(text, out _));

    [Fact]
    public void What_is_no_digest_is_named_with_the_form_that_is_expected() =>
        Assert.Contains("'latest' is not a digest: expected sha256:", Assert.Throws<FormatException>(() => Digest.Parse("latest")).Message);

    [Fact]
    public void In_JSON_a_digest_is_its_text()
    {
        var json = JsonSerializer.Serialize(Digest.Of("abc"u8));

        Assert.Equal($"\"{OfAbc}\"", json);
        Assert.Equal(Digest.Of("abc"u8), JsonSerializer.Deserialize<Digest>(json));
        Assert.Contains("not a digest", Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Digest>("\"x\"")).Message);
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Digest>("7"));
    }
}
