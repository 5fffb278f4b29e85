using System.Net;
using System.Text;
using System.Text.Json;
using Flotilla.Api;
using Flotilla.Content.Trust;
using Flotilla.Hub.Gateway;

namespace Flotilla.Hub.Tests.Gateway;

public sealed class EnrolTests : IAsyncLifetime
{
    private const string Path = "/v1/namespaces/retail/sites/store-1/enrolment";
    private GatewayGround ground = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        ground = await GatewayGround.StartAsync(advertise: new Uri("https://hub.example.com:8443"));
        await ground.DeclareSiteAsync(GatewayGround.Store);
    }

    public ValueTask DisposeAsync() => ground.DisposeAsync();

    [Fact]
    public async Task A_token_is_made_for_who_may_and_enrols_its_site()
    {
        using (var refused = await ground.SendAsync(HttpMethod.Post, Path, "alice-token"))
        {
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            Assert.Equal(
                "sites.flotilla.dev is forbidden: User \"alice\" cannot create resource \"sites/enrolment\" in API group \"flotilla.dev\" in the namespace \"retail\"",
                (await GatewayGround.JsonAsync(refused))["message"]!.GetValue<string>());
        }
        await ground.AllowAliceAsync("create", "sites/enrolment");
        ground.Time.Advance(TimeSpan.FromSeconds(11));

        using var made = await ground.SendAsync(HttpMethod.Post, Path, "alice-token", Encoding.UTF8.GetBytes("""{"validFor":"2h"}"""));
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var answer = await GatewayGround.JsonAsync(made);
        var token = answer["token"]!.GetValue<string>();
        Assert.Equal("https://hub.example.com:8443", answer["hub"]!.GetValue<string>());
        Assert.Equal(ground.Time.GetUtcNow().AddHours(2), answer["expires"]!.GetValue<DateTimeOffset>());
        Assert.Equal(ground.Keys.AuthorityPem, answer["ca"]!.GetValue<string>());
        Assert.Contains(token, answer["manifest"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(ground.Keys.Root.KeyId, token.Split('.')[3]);

        var site = new TestSite(GatewayGround.Store);
        for (var again = 0; again < 2; again++)
        {
            using var enrolled = await ground.EnrolAsync(site, token);
            Assert.Equal(HttpStatusCode.OK, enrolled.StatusCode);
            var kept = JsonSerializer.Deserialize(await enrolled.Content.ReadAsByteArrayAsync(Cancellation), ApiJson.Default.EnrolResponse)!;
            Assert.Equal(("retail/store-1", ground.Keys.Hub, ground.Keys.Root), (kept.Site, kept.Hub, PublicKey.FromJwk(kept.RootKey)));
            Assert.Equal(1, KeySet.Verify(DsseEnvelope.Parse(kept.KeySet), ground.Keys.Root, kept.Hub).Version);
        }
        Assert.Equal(site.Signing.KeyId, (await ground.Ledger.KeysAsync(GatewayGround.Store, Cancellation))!.KeyId);
        Assert.Single(await ground.Ledger.FactsAsync(Cancellation).ToListAsync(Cancellation));

        using var thief = await ground.EnrolAsync(new TestSite(GatewayGround.Store), token);
        Assert.Equal((HttpStatusCode.Forbidden, "the token was used by another agent: make a new one with `flotilla site enrol store-1`"), await WhyAsync(thief));
    }

    [Fact]
    public async Task An_enrolled_site_is_not_taken_over()
    {
        await ground.EnrolAsync();
        var token = await TokenAsync();
        using var answer = await ground.EnrolAsync(new TestSite(GatewayGround.Store), token);
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("`flotilla site enrol store-1 --replace`", (await WhyAsync(answer)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_token_says_so()
    {
        var token = await TokenAsync();
        ground.Time.Advance(TimeSpan.FromHours(25));
        using var answer = await ground.EnrolAsync(new TestSite(GatewayGround.Store), token);
        Assert.Equal((HttpStatusCode.Forbidden, "the token has expired: make a new one with `flotilla site enrol store-1`"), await WhyAsync(answer));
    }

    [Fact]
    public async Task There_is_no_token_for_a_site_that_is_not_declared()
    {
        using var answer = await ground.SendAsync(HttpMethod.Post, Path.Replace("store-1", "store-2", StringComparison.Ordinal), ground.AdminToken);
        Assert.Equal((HttpStatusCode.NotFound, "sites.flotilla.dev \"store-2\" not found"), await WhyAsync(answer));
    }

    [Theory]
    [InlineData("""{"validFor":"soon"}""")]
    [InlineData("""{"validFor":"0s"}""")]
    [InlineData("""{"validFor":"-1h"}""")]
    [InlineData("""{"validFor":"721h"}""")]
    [InlineData("[1]")]
    public async Task A_wish_that_cannot_be_is_refused(string body)
    {
        using var answer = await ground.SendAsync(HttpMethod.Post, Path, ground.AdminToken, Encoding.UTF8.GetBytes(body));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("""{"signingKey":{},"sealingKey":{},"agent":"x"}""")]
    [InlineData("""{"agent":"x"}""")]
    public async Task Keys_that_are_none_are_refused_and_the_token_stays_good(string body)
    {
        var token = await TokenAsync();
        using var answer = await ground.SendAsync(HttpMethod.Post, "/v1/enrol", token, Encoding.UTF8.GetBytes(body));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        using var enrolled = await ground.EnrolAsync(new TestSite(GatewayGround.Store), token);
        Assert.Equal(HttpStatusCode.OK, enrolled.StatusCode);
    }

    [Fact]
    public void An_address_that_tries_too_often_has_to_wait()
    {
        var limit = new AddressLimit(ground.Time, tries: 3, refill: TimeSpan.FromSeconds(10));
        var (one, other) = (IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2"));
        for (var i = 0; i < 3; i++)
            limit.Demand(one);
        Assert.Equal(429, Assert.Throws<Flotilla.Kubernetes.Errors.ApiStatusException>(() => limit.Demand(one)).Status.Code);
        limit.Demand(other);
        ground.Time.Advance(TimeSpan.FromSeconds(10));
        limit.Demand(one);
        Assert.Throws<Flotilla.Kubernetes.Errors.ApiStatusException>(() => limit.Demand(one));
    }

    private async Task<string> TokenAsync()
    {
        using var made = await ground.SendAsync(HttpMethod.Post, Path, ground.AdminToken);
        return (await GatewayGround.JsonAsync(made))["token"]!.GetValue<string>();
    }

    private static async Task<(HttpStatusCode Code, string Message)> WhyAsync(HttpResponseMessage answer) =>
        (answer.StatusCode, (await GatewayGround.JsonAsync(answer))["message"]!.GetValue<string>());
}
