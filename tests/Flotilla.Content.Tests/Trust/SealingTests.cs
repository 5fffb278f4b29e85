using System.Buffers.Text;
using System.Text;
using CsCheck;
using Flotilla.Content.Trust;

namespace Flotilla.Content.Tests.Trust;

public sealed class SealingTests
{
    /// <summary>Made once with Python's cryptography (ECDH, ConcatKDFHash, AESGCM): "swordfish", to Bob of RFC 7518 appendix C, with apu and apv.</summary>
    private const string MadeElsewhere = "eyJhbGciOiAiRUNESC1FUyIsICJlbmMiOiAiQTI1NkdDTSIsICJlcGsiOiB7Imt0eSI6ICJFQyIsICJjcnYiOiAiUC0yNTYiLCAieCI6ICJnSTBHQUlMQmR1N1Q1M2FrckZtTXlHY3NGM241ZE83TW13TkJIS1c1U1YwIiwgInkiOiAiU0xXX3hTZmZ6bFBXckhFVkkzMERITV80ZWdWd3QzTlFxZVVEN25NRnBwcyJ9LCAiYXB1IjogIlFXeHBZMlUiLCAiYXB2IjogIlFtOWkiLCAiZmxvdGlsbGEuZGV2L2NvbnRleHQiOiAidGlsbC1wYXNzd29yZCJ9..AAECAwQFBgcICQoL.6HyzVr2YZdAg.JL73TNJh55n2u-zVe0kYfg";

    private static readonly SealingKey key = SealingKey.Create(), other = SealingKey.Create();
    private static readonly SealingKey bob = SealingKey.FromPem(Keys.Pem(Keys.BobX, Keys.BobY, Keys.BobD));

    private static readonly PublicKey alice =
        PublicKey.FromJwk(Keys.Jwk("gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0", "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps"));

    [Fact]
    public void The_key_agreement_of_RFC_7518_appendix_C()
    {
        var secret = bob.Agree(alice);

        Assert.Equal(
            [158, 86, 217, 29, 129, 113, 53, 211, 114, 131, 66, 131, 191, 132, 38, 156, 251, 49, 110, 163, 218, 128, 106, 72, 246, 218, 167, 121, 140, 254, 144, 196],
            secret);
        Assert.Equal("VqqN6vgjbSBcIijNcacQGg", Base64Url.EncodeToString(ConcatKdf.Derive(secret, "A128GCM", "Alice"u8, "Bob"u8, 128)));
    }

    [Fact]
    public void What_another_implementation_sealed_is_opened() =>
        Assert.Equal("swordfish"u8.ToArray(), Sealing.Unseal(bob, MadeElsewhere, "till-password"));

    [Fact]
    public void What_was_sealed_is_opened_and_looks_different_each_time() => Gen.Byte.Array[0, 100].Sample(plain =>
    {
        var sealedValue = Sealing.Seal(key.PublicKey, plain, "secret/name");
        Assert.Equal(plain, Sealing.Unseal(key, sealedValue, "secret/name"));
        Assert.NotEqual(sealedValue, Sealing.Seal(key.PublicKey, plain, "secret/name"));
    }, iter: 50);

    [Fact]
    public void Any_changed_bit_is_refused()
    {
        var value = Encoding.ASCII.GetBytes(Sealing.Seal(key.PublicKey, "the value"u8, "name"));

        Gen.Int[0, value.Length * 8 - 1].Sample(bit => Assert.Throws<SealingException>(() =>
        {
            var changed = value.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Sealing.Unseal(key, Encoding.Latin1.GetString(changed), "name");
        }), iter: 1000);
    }

    [Fact]
    public void A_value_cannot_be_used_for_something_else_or_by_another()
    {
        var value = Sealing.Seal(key.PublicKey, "the value"u8, "till-password");

        Refused(SealingRefusal.OtherContext, "sealed for 'till-password' and cannot be used for 'router-password'", key, value, "router-password");
        Refused(SealingRefusal.OtherKey, $"sealed to the key {key.KeyId}, not to {other.KeyId}", other, value, "till-password");
    }

    [Fact]
    public void A_value_whose_header_was_put_on_another_is_refused()
    {
        var first = Sealing.Seal(key.PublicKey, "first"u8, "first").Split('.');
        var second = Sealing.Seal(key.PublicKey, "second"u8, "second").Split('.');

        Refused(SealingRefusal.Damaged, "was changed after it was sealed", key, string.Join('.', [first[0], .. second[1..]]), "first");
    }

    [Theory]
    [InlineData("""{"alg":"dir","enc":"A256GCM"}""")]
    [InlineData("""{"alg":"ECDH-ES","enc":"A256GCM"}""")]
    [InlineData("""{"alg":"ECDH-ES","enc":"A128GCM","epk":{"kty":"EC","crv":"P-256","x":"gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0","y":"SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps"}}""")]
    [InlineData("""{"alg":"ECDH-ES","enc":"A256GCM","zip":"DEF","epk":{"kty":"EC","crv":"P-256","x":"gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0","y":"SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps"}}""")]
    [InlineData("""{"alg":"ECDH-ES","enc":"A256GCM","crit":["x"],"epk":{"kty":"EC","crv":"P-256","x":"gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0","y":"SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps"}}""")]
    [InlineData("""{"alg":"ECDH-ES","enc":"A256GCM","epk":{"kty":"EC","crv":"P-256","x":"gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0","y":"gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0"}}""")]
    public void A_header_of_another_kind_or_with_a_point_off_the_curve_is_refused(string header)
    {
        var parts = Sealing.Seal(key.PublicKey, "x"u8, "name").Split('.');
        parts[0] = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header));

        Assert.Equal(SealingRefusal.Malformed, Assert.Throws<SealingException>(() => Sealing.Unseal(key, string.Join('.', parts), "name")).Reason);
    }

    [Fact]
    public void Any_text_is_malformed_without_surprise() => Gen.String.Array[1, 6].Sample(parts =>
        Assert.Equal(SealingRefusal.Malformed, Assert.Throws<SealingException>(() => Sealing.Unseal(key, string.Join('.', parts), "name")).Reason));

    private static void Refused(SealingRefusal reason, string message, SealingKey with, string value, string context)
    {
        var refusal = Assert.Throws<SealingException>(() => Sealing.Unseal(with, value, context));
        Assert.Equal(reason, refusal.Reason);
        Assert.Contains(message, refusal.Message);
    }
}
