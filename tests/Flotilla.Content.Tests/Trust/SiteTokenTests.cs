using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Flotilla.Content.Trust;

namespace Flotilla.Content.Tests.Trust;

public sealed class SiteTokenTests
{
    private static readonly SigningKey key = SigningKey.Create(), other = SigningKey.Create();
    private static readonly DateTimeOffset now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);
    private static readonly Digest body = Digest.Of("{}"u8);
    private static readonly SiteTokenRequest request = new("retail/store-17", "hub-1", "POST", "/v1/sync?wait=30", body, now);
    private static readonly SiteTokenContext context = new("hub-1", "POST", "/v1/sync?wait=30", body, now);

    [Fact]
    public void The_hub_accepts_what_the_site_made_for_this_request()
    {
        var token = SiteToken.Read(SiteToken.Create(key, request))!;

        Assert.Equal(("retail/store-17", key.KeyId, now, now.AddSeconds(60)), (token.Site, token.KeyId, token.Issued, token.Expires));
        Assert.Equal(SiteTokenVerdict.Valid, token.Verify(key.PublicKey, context));
        Assert.NotEqual(token.Id, SiteToken.Read(SiteToken.Create(key, request))!.Id);
    }

    [Fact]
    public void The_token_says_what_the_standards_ask()
    {
        var parts = SiteToken.Create(key, request with { Nonce = "n" }).Split('.');
        var header = JsonNode.Parse(Base64Url.DecodeFromChars(parts[0]))!;
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!;

        Assert.Equal($$"""{"alg":"ES256","kid":"{{key.KeyId}}","typ":"flotilla-site+jwt"}""", Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[0])));
        Assert.Equal("ES256", (string)header["alg"]!);
        var jti = (string)claims["jti"]!;
        Assert.Equal(
            $$"""{"iss":"retail/store-17","sub":"retail/store-17","aud":"hub-1","iat":{{now.ToUnixTimeSeconds()}},"nbf":{{now.ToUnixTimeSeconds()}},"exp":{{now.ToUnixTimeSeconds() + 60}},"jti":"{{jti}}","htm":"POST","htu":"/v1/sync?wait=30","bsh":"{{Base64Url.EncodeToString(SHA256.HashData("{}"u8))}}","nonce":"n"}""",
            Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1])));
        Assert.Equal(64, Base64Url.DecodeFromChars(parts[2]).Length);
    }

    public static TheoryData<SiteTokenVerdict, SiteTokenContext> OtherRequests => new()
    {
        { SiteTokenVerdict.WrongAudience, context with { Hub = "hub-2" } },
        { SiteTokenVerdict.WrongMethodOrPath, context with { Method = "GET" } },
        { SiteTokenVerdict.WrongMethodOrPath, context with { Path = "/v1/sync" } },
        { SiteTokenVerdict.BodyMismatch, context with { Body = Digest.Of([]) } },
        { SiteTokenVerdict.Valid, context with { Now = now.AddSeconds(119) } },
        { SiteTokenVerdict.Expired, context with { Now = now.AddSeconds(120) } },
        { SiteTokenVerdict.Valid, context with { Now = now.AddSeconds(-60) } },
        { SiteTokenVerdict.NotYetValid, context with { Now = now.AddSeconds(-61) } },
        { SiteTokenVerdict.Valid, context with { Now = now.AddSeconds(59), Skew = TimeSpan.Zero } },
        { SiteTokenVerdict.Expired, context with { Now = now.AddSeconds(60), Skew = TimeSpan.Zero } },
        { SiteTokenVerdict.NotYetValid, context with { Now = now.AddSeconds(-1), Skew = TimeSpan.Zero } },
    };

    [Theory, MemberData(nameof(OtherRequests))]
    public void A_token_for_one_request_is_good_for_no_other(SiteTokenVerdict expected, SiteTokenContext seen) =>
        Assert.Equal(expected, SiteToken.Verify(SiteToken.Create(key, request), key.PublicKey, seen));

    [Fact]
    public void Only_the_sites_own_key_counts()
    {
        var token = SiteToken.Create(other, request);
        Assert.Equal(SiteTokenVerdict.UnknownKey, SiteToken.Verify(token, key.PublicKey, context));

        var parts = token.Split('.');
        var claimed = SiteToken.Create(key, request).Split('.');
        Assert.Equal(SiteTokenVerdict.BadSignature, SiteToken.Verify($"{claimed[0]}.{parts[1]}.{parts[2]}", key.PublicKey, context));
    }

    [Fact]
    public void A_token_for_a_long_time_is_not_accepted() => Assert.Equal(
        SiteTokenVerdict.TooLongLived,
        SiteToken.Verify(SiteToken.Create(key, request with { Lifetime = TimeSpan.FromDays(1) }), key.PublicKey, context));

    [Fact]
    public void A_nonce_of_the_hub_makes_up_for_a_wrong_clock()
    {
        var lost = SiteToken.Create(key, request with { Now = now.AddYears(-20), Nonce = "fresh" });
        var nonces = context with { IsFreshNonce = nonce => nonce == "fresh" };

        Assert.Equal(SiteTokenVerdict.Expired, SiteToken.Verify(lost, key.PublicKey, context));
        Assert.Equal(SiteTokenVerdict.Valid, SiteToken.Verify(lost, key.PublicKey, nonces));
        Assert.Equal(SiteTokenVerdict.StaleNonce, SiteToken.Verify(SiteToken.Create(key, request with { Nonce = "old" }), key.PublicKey, nonces));
        Assert.Equal(SiteTokenVerdict.Valid, SiteToken.Verify(SiteToken.Create(key, request), key.PublicKey, nonces));
    }

    [Fact]
    public void Any_changed_bit_is_refused()
    {
        var token = Encoding.ASCII.GetBytes(SiteToken.Create(key, request));

        Gen.Int[0, token.Length * 8 - 1].Sample(bit =>
        {
            var changed = token.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(SiteTokenVerdict.Valid, SiteToken.Verify(Encoding.Latin1.GetString(changed), key.PublicKey, context));
        }, iter: 1000);
    }

    [Fact]
    public void Any_text_is_malformed_without_surprise()
    {
        var part = Gen.OneOf(
            Gen.String,
            Gen.Byte.Array.Select(b => Base64Url.EncodeToString(b)),
            Gen.String.Select(s => Encoded(JsonValue.Create(s).ToJsonString())),
            Gen.OneOf(Gen.Const("{}"), Gen.Const("[]"), Gen.Const("null"), Gen.Const("{\"alg\":\"ES256\"}")).Select(Encoded));
        Gen.Select(part, part, part).Sample((a, b, c) =>
        {
            Assert.Null(SiteToken.Read($"{a}.{b}.{c}"));
            Assert.Null(SiteToken.Read(a));
        });
    }

    public static TheoryData<string, string> Malformed
    {
        get
        {
            var header = $$"""{"alg":"ES256","kid":"{{key.KeyId}}","typ":"flotilla-site+jwt"}""";
            var claims = """{"iss":"a/b","sub":"a/b","aud":"h","iat":1,"nbf":1,"exp":2,"jti":"x","htm":"GET","htu":"/","bsh":""}""";
            return new()
            {
                { header.Replace("ES256", "none", StringComparison.Ordinal), claims },
                { header.Replace("ES256", "HS256", StringComparison.Ordinal), claims },
                { header.Replace("flotilla-site+jwt", "JWT", StringComparison.Ordinal), claims },
                { header[..^1] + ""","crit":["exp"]}""", claims },
                { header[..^1] + ""","alg":"none"}""", claims },
                { "{}", claims },
                { header, "{}" },
                { header, claims.Replace("\"sub\":\"a/b\"", "\"sub\":\"a/c\"", StringComparison.Ordinal) },
                { header, claims.Replace("\"exp\":2", "\"exp\":9223372036854775807", StringComparison.Ordinal) },
                { header, claims.Replace("\"exp\":2", "\"exp\":-1", StringComparison.Ordinal) },
                { header, claims.Replace("\"exp\":2", "\"exp\":\"2\"", StringComparison.Ordinal) },
                { header, claims.Replace("\"aud\":\"h\"", "\"aud\":null", StringComparison.Ordinal) },
                { header, claims.Replace("\"jti\":\"x\"", "\"jti\":\"\\ud800\"", StringComparison.Ordinal) },
                { header, claims[..^1] + ""","exp":3}""" },
            };
        }
    }

    [Theory, MemberData(nameof(Malformed))]
    public void A_signed_text_that_is_no_site_token_is_malformed(string header, string claims)
    {
        var signed = $"{Encoded(header)}.{Encoded(claims)}";
        var signature = key.Sign(Encoding.ASCII.GetBytes(signed), DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

        Assert.Null(SiteToken.Read($"{signed}.{Base64Url.EncodeToString(signature)}"));
    }

    [Fact]
    public void The_table_of_malformed_tokens_starts_from_one_that_is_read()
    {
        var header = $$"""{"alg":"ES256","kid":"{{key.KeyId}}","typ":"flotilla-site+jwt"}""";
        var claims = """{"iss":"a/b","sub":"a/b","aud":"h","iat":1,"nbf":1,"exp":2,"jti":"x","htm":"GET","htu":"/","bsh":""}""";

        Assert.NotNull(SiteToken.Read($"{Encoded(header)}.{Encoded(claims)}.AAAA"));
    }

    private static string Encoded(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
