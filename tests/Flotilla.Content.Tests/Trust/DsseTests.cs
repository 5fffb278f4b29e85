using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Flotilla.Content.Trust;

namespace Flotilla.Content.Tests.Trust;

public sealed class DsseTests
{
    private const string Type = "application/vnd.example+json";

    private static readonly SigningKey key = SigningKey.Create(), other = SigningKey.Create();

    /// <summary>The test vector of the DSSE protocol (its signature is in the fixed-field form; envelopes of ours are in DER).</summary>
    [Fact]
    public void What_is_signed_is_the_encoding_of_the_DSSE_protocol()
    {
        var signer = PublicKey.FromJwk(Keys.JwkOf(
            "46950820868899156662930047687818585632848591499744589407958293238635476079160",
            "5640078356564379163099075877009565129882514886557779369047442380624545832820"));
        var signed = DsseEnvelope.ToBeSigned("http://example.com/HelloWorld", "hello world"u8);

        Assert.Equal("DSSEv1 29 http://example.com/HelloWorld 11 hello world", Encoding.UTF8.GetString(signed));
        Assert.True(signer.Verify(
            signed,
            Convert.FromBase64String("A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="),
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    [Fact]
    public async Task Openssl_accepts_the_signature()
    {
        var openssl = new TestKit.Tool("openssl");
        Assert.SkipUnless(openssl.IsInstalled, openssl.IsMissing);
        using var folder = new TemporaryFolder();
        var cancellation = TestContext.Current.CancellationToken;
        using var stored = await SigningKey.CreateAsync(folder["key.pem"], cancellation);
        var envelope = DsseEnvelope.Sign(Type, "payload"u8, stored);
        await File.WriteAllBytesAsync(folder["signed"], DsseEnvelope.ToBeSigned(Type, "payload"u8), cancellation);
        await File.WriteAllBytesAsync(folder["signature"], Convert.FromBase64String(envelope.Signatures[0].Value), cancellation);

        var verified = await openssl.RunAsync(
            cancellation, "dgst", "-sha256", "-prverify", folder["key.pem"], "-signature", folder["signature"], folder["signed"]);

        Assert.True(verified.ExitCode == 0, verified.Output + verified.Error);
    }

    [Fact]
    public void What_was_signed_is_what_is_verified() => Gen.Byte.Array[0, 200].Sample(payload =>
        DsseEnvelope.Parse(DsseEnvelope.Sign(Type, payload, key).ToBytes()).Verify(Type, key.PublicKey).AsSpan().SequenceEqual(payload), iter: 50);

    [Fact]
    public void The_envelope_is_plain_JSON_that_other_implementations_read()
    {
        var json = JsonNode.Parse(DsseEnvelope.Sign(Type, "hi?>~"u8, key).ToBytes())!.AsObject();

        Assert.Equal(["payloadType", "payload", "signatures"], json.Select(m => m.Key));
        Assert.Equal((Type, "aGk/Pn4="), ((string)json["payloadType"]!, (string)json["payload"]!));
        Assert.Equal(["keyid", "sig"], json["signatures"]![0]!.AsObject().Select(m => m.Key));
        Assert.Equal(key.KeyId, (string)json["signatures"]![0]!["keyid"]!);
        Assert.Contains("""payloadType":"application/vnd.example+json""", Encoding.UTF8.GetString(DsseEnvelope.Sign(Type, "hi?>~"u8, key).ToBytes()));
    }

    [Fact]
    public void Any_changed_bit_is_refused()
    {
        var envelope = DsseEnvelope.Sign(Type, """{"release":"sha256:1","sequence":7}"""u8, key).ToBytes();

        Gen.Int[0, envelope.Length * 8 - 1].Sample(bit => Assert.Throws<DsseException>(() =>
        {
            var changed = envelope.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            DsseEnvelope.Parse(changed).Verify(Type, key.PublicKey);
        }), iter: 1000);
    }

    [Fact]
    public void One_signature_of_a_trusted_key_among_others_is_enough()
    {
        var first = DsseEnvelope.Sign(Type, "x"u8, other);
        var both = first with { Signatures = [.. first.Signatures, .. DsseEnvelope.Sign(Type, "x"u8, key).Signatures] };

        Assert.Equal("x"u8.ToArray(), both.Verify(Type, key.PublicKey));
    }

    [Fact]
    public void Each_refusal_has_its_reason()
    {
        var good = DsseEnvelope.Sign(Type, "x"u8, key);

        Refused(DsseRefusal.OtherPayloadType, () => good.Verify("application/other", key.PublicKey));
        Refused(DsseRefusal.UnknownKey, () => good.Verify(Type, other.PublicKey));
        Refused(DsseRefusal.BadSignature, () => (good with { Payload = "eQ==" }).Verify(Type, key.PublicKey));
        Refused(DsseRefusal.BadSignature, () => (good with { Signatures = [new(key.KeyId, "AAAA")] }).Verify(Type, key.PublicKey));
        Refused(DsseRefusal.BadSignature, () => (DsseEnvelope.Sign(Type, "x"u8, other) with { Signatures = [new(key.KeyId, good.Signatures[0].Value[..^4] + "AAAA")] }).Verify(Type, key.PublicKey));
        Refused(DsseRefusal.Malformed, () => (good with { Payload = "eB==" }).Verify(Type, key.PublicKey));
        Refused(DsseRefusal.Malformed, () => (good with { Payload = " eA==" }).Verify(Type, key.PublicKey));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"payloadType":"a","payload":"","signatures":[]}""")]
    [InlineData("""{"payloadType":"a","payload":"","signatures":[null]}""")]
    [InlineData("""{"payloadType":null,"payload":"","signatures":[{"keyid":"a","sig":""}]}""")]
    [InlineData("""{"payloadType":"a","payload":"","signatures":[{"sig":""}]}""")]
    [InlineData("""{"payloadType":"a","payloadType":"b","payload":"","signatures":[{"keyid":"a","sig":""}]}""")]
    [InlineData("""{"payloadType":"a","payload":"\ud800","signatures":[{"keyid":"a","sig":""}]}""")]
    public void What_is_no_envelope_is_refused(string json) => Refused(DsseRefusal.Malformed, () => DsseEnvelope.Parse(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Any_bytes_are_refused_without_surprise() => Gen.Byte.Array[0, 300].Sample(bytes =>
        Refused(DsseRefusal.Malformed, () => DsseEnvelope.Parse(bytes)));

    private static void Refused(DsseRefusal reason, Func<object> verify) => Assert.Equal(reason, Assert.Throws<DsseException>(verify).Reason);
}
