using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Flotilla.Content.Trust;

namespace Flotilla.Content.Tests.Trust;

public sealed class PublicKeyTests
{
    private const string X = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", Y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

    /// <summary>The key and the thumbprint of the examples in RFC 9449 (sections 4.1 and 6.1).</summary>
    [Fact]
    public void The_key_id_is_the_thumbprint_of_RFC_7638() => Assert.Equal(
        "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I",
        PublicKey.FromJwk(Keys.Jwk("l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs", "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA")).KeyId);

    [Fact]
    public void The_signature_of_RFC_7515_appendix_A_3_is_genuine_and_a_changed_one_is_not()
    {
        var key = PublicKey.FromJwk(Keys.Jwk(X, Y));
        var data = Encoding.ASCII.GetBytes(
            "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ");
        var signature = Base64Url.DecodeFromChars("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");

        Assert.True(key.Verify(data, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
        signature[5] ^= 1;
        Assert.False(key.Verify(data, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("3006020100020100")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void Bytes_that_are_no_signature_are_not_genuine(string hex)
    {
        var key = PublicKey.FromJwk(Keys.Jwk(X, Y));

        Assert.False(key.Verify("data"u8, Convert.FromHexString(hex), DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
        Assert.False(key.Verify("data"u8, Convert.FromHexString(hex), DSASignatureFormat.Rfc3279DerSequence));
    }

    [Fact]
    public void A_JWK_reads_back_as_the_same_key_whatever_else_it_says()
    {
        var key = PublicKey.FromJwk($$"""{"use":"sig","kid":"mine","y":"{{Y}}","x":"{{X}}","crv":"P-256","kty":"EC"}""");

        Assert.Equal(key, PublicKey.FromJwk(key.ToJwk()));
        Assert.Equal(key, PublicKey.FromJwk(key.ToJwkElement()));
        Assert.Equal(key, JsonSerializer.Deserialize<PublicKey>(JsonSerializer.Serialize(key)));
        Assert.NotEqual(key, PublicKey.FromJwk(Keys.Jwk(Keys.BobX, Keys.BobY)));
    }

    [Theory]
    [InlineData("""{"kty":"RSA","n":"AQAB","e":"AQAB"}""", "not a JWK of the curve P-256: kty 'RSA'")]
    [InlineData($$"""{"kty":"EC","crv":"P-384","x":"{{X}}","y":"{{Y}}"}""", "crv 'P-384'")]
    [InlineData($$"""{"kty":"EC","crv":"P-256","x":"{{X}}"}""", "the JWK's y is not 32 bytes")]
    [InlineData($$"""{"kty":"EC","crv":"P-256","x":"{{X}}","y":"AAAA"}""", "the JWK's y is not 32 bytes")]
    [InlineData($$"""{"kty":"EC","crv":"P-256","x":"{{X}}","y":"{{X}}"}""", "not on the curve")]
    [InlineData($$"""{"kty":"EC","crv":"P-256","x":"{{X}}","y":"{{Y}}","d":"AAAA"}""", "a private key")]
    [InlineData("[]", "not a JWK: Array")]
    [InlineData("""{"kty":"\ud800"}""", "a string that is no text")]
    [InlineData("{", "not a JWK")]
    public void What_is_no_public_P_256_key_is_refused_with_the_reason(string jwk, string expected) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => PublicKey.FromJwk(jwk)).Message);
}
