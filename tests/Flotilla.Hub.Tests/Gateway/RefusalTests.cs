using System.Net;
using System.Text;
using System.Text.Json;
using Flotilla.Api;
using Flotilla.Api.Sync;
using Flotilla.Content.Trust;

namespace Flotilla.Hub.Tests.Gateway;

/// <summary>Nothing is served to anybody who has not proved who they are.</summary>
public sealed class RefusalTests : IAsyncLifetime
{
    private const string Digest = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    private static readonly byte[] Body = Encoding.ASCII.GetBytes("""{"journal":"a"}""");
    private static readonly byte[] Keys = JsonSerializer.SerializeToUtf8Bytes(
        new EnrolRequest(SigningKey.Create().PublicKey.ToJwkElement(), SigningKey.Create().PublicKey.ToJwkElement(), "test"), ApiJson.Default.EnrolRequest);
    private GatewayGround ground = null!;
    private TestSite site = null!;

    /// <summary>Every route that is not open to all.</summary>
    public static TheoryData<string, string> Routes => new()
    {
        { "POST", "/v1/sync" },
        { "GET", $"/v2/content/blobs/{Digest}" },
        { "HEAD", $"/v2/content/blobs/{Digest}" },
        { "GET", $"/v2/content/manifests/{Digest}" },
        { "POST", "/v1/enrol" },
        { "POST", "/v1/namespaces/retail/content" },
        { "POST", "/v1/namespaces/retail/sites/store-1/enrolment" },
        { "GET", "/v1/namespaces/retail/sites/store-1/journal" },
        { "GET", "/v1/namespaces/retail/sites/store-1/report" },
        { "GET", "/v1/namespaces/retail/sites/store-1/target" },
        { "GET", "/v1/namespaces/retail/fleets/stores/sites" },
    };

    /// <summary>Those that sites use.</summary>
    public static TheoryData<string, string> SiteRoutes => new()
    {
        { "POST", "/v1/sync" },
        { "GET", $"/v2/content/blobs/{Digest}" },
        { "GET", $"/v2/content/manifests/{Digest}" },
    };

    public async ValueTask InitializeAsync()
    {
        ground = await GatewayGround.StartAsync();
        site = await ground.EnrolAsync();
        await ground.Content.WriteAsync("{}"u8.ToArray(), TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => ground.DisposeAsync();

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Without_a_token(string method, string path) => await RefusedAsync(method, path, null, HttpStatusCode.Unauthorized);

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task With_a_token_that_nobody_gave_out(string method, string path)
    {
        foreach (var token in (string[])["", "x", "a.b.c", "flt1.AAAA.BBBB.CCCC", new string('x', 10_000)])
            await RefusedAsync(method, path, token, HttpStatusCode.Unauthorized);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task With_the_token_of_a_person_who_may_nothing(string method, string path)
    {
        if (path is not ("/v1/sync" or "/v1/enrol"))
            await RefusedAsync(method, path, "bob-token", HttpStatusCode.Forbidden);
        else
            await RefusedAsync(method, path, "bob-token", HttpStatusCode.Unauthorized);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task With_a_sites_token_where_only_people_belong(string method, string path)
    {
        if (path != "/v1/sync" && !path.StartsWith("/v2/", StringComparison.Ordinal))
            await RefusedAsync(method, path, Token(method, path), HttpStatusCode.Unauthorized);
    }

    [Theory]
    [MemberData(nameof(SiteRoutes))]
    public async Task For_another_hub(string method, string path) =>
        await RefusedAsync(method, path, ground.Token(site, method, path, BodyOf(method), hub: "other"), HttpStatusCode.Unauthorized);

    [Theory]
    [MemberData(nameof(SiteRoutes))]
    public async Task Made_for_another_path_method_or_query(string method, string path)
    {
        await RefusedAsync(method, path, Token(method, path + "x"), HttpStatusCode.Unauthorized);
        await RefusedAsync(method, path, Token(method, path + "?a=b"), HttpStatusCode.Unauthorized);
        await RefusedAsync(method, path, Token("PUT", path), HttpStatusCode.Unauthorized);
        await RefusedAsync(method, path + "?a=b", Token(method, path), HttpStatusCode.Unauthorized);
    }

    [Theory]
    [MemberData(nameof(SiteRoutes))]
    public async Task In_the_name_of_another_site(string method, string path)
    {
        var other = await ground.EnrolAsync(new("retail", "store-2"));
        // Its own key, but the other's name; and a key that nobody enrolled.
        await RefusedAsync(method, path, ground.Token(new TestSite(other.Name) { Signing = site.Signing }, method, path, BodyOf(method)), HttpStatusCode.Unauthorized);
        await RefusedAsync(method, path, ground.Token(new TestSite(site.Name), method, path, BodyOf(method)), HttpStatusCode.Unauthorized);
        await RefusedAsync(method, path, ground.Token(new TestSite(new("retail", "nobody")), method, path, BodyOf(method)), HttpStatusCode.Unauthorized);
    }

    [Theory]
    [MemberData(nameof(SiteRoutes))]
    public async Task Too_late(string method, string path)
    {
        var token = Token(method, path);
        ground.Time.Advance(TimeSpan.FromMinutes(7));
        await RefusedAsync(method, path, token, HttpStatusCode.Unauthorized);
    }

    [Theory]
    [MemberData(nameof(SiteRoutes))]
    public async Task Of_a_removed_site(string method, string path)
    {
        await ground.Ledger.RemoveAsync(site.Name, TestContext.Current.CancellationToken);
        await RefusedAsync(method, path, Token(method, path), HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task With_a_body_that_was_changed_on_the_way()
    {
        var body = Encoding.ASCII.GetBytes("""{"journal":"b"}""");
        using var answer = await ground.SendAsync(HttpMethod.Post, "/v1/sync", Token("POST", "/v1/sync"), body);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        using var right = await ground.SendAsync(HttpMethod.Post, "/v1/sync", Token("POST", "/v1/sync"), Body);
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
    }

    [Fact]
    public async Task With_a_signature_that_was_changed()
    {
        var token = Token("POST", "/v1/sync");
        var at = token.LastIndexOf('.') + 5;
        await RefusedAsync("POST", "/v1/sync", token[..at] + (token[at] == 'A' ? 'B' : 'A') + token[(at + 1)..], HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/v1/sync")]
    [InlineData("PUT", "/v1/sync")]
    [InlineData("POST", "/v1/sync/")]
    [InlineData("POST", "//v1/sync")]
    [InlineData("GET", "/v1/namespaces//sites/store-1/journal")]
    [InlineData("GET", "/v1/namespaces/retail/sites//journal")]
    [InlineData("DELETE", "/v1/namespaces/retail/sites/store-1/journal")]
    [InlineData("GET", "/v2/content/blobs/x")]
    [InlineData("POST", "/v2/content/blobs/sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")]
    [InlineData("GET", "/metrics")]
    [InlineData("GET", "/api/v1/namespaces")]
    public async Task What_does_not_exist_is_not_found(string method, string path)
    {
        using var answer = await ground.SendAsync(new HttpMethod(method), path, ground.AdminToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("the server could not find the requested resource", (await GatewayGround.JsonAsync(answer))["message"]!.GetValue<string>());
    }

    [Fact]
    public async Task Only_how_it_is_doing_and_its_authority_are_told_to_all()
    {
        using var authority = await ground.SendAsync(HttpMethod.Get, "/v1/ca", null);
        Assert.Equal(ground.Keys.AuthorityPem, await GatewayGround.TextAsync(authority));
        foreach (var path in (string[])["/healthz", "/readyz"])
        {
            using var answer = await ground.SendAsync(HttpMethod.Get, path, null);
            Assert.Equal("ok", await GatewayGround.TextAsync(answer));
        }
    }

    private static byte[] BodyOf(string method) => method == "POST" ? Body : [];

    private string Token(string method, string path) => ground.Token(site, method, path, BodyOf(method));

    private async Task RefusedAsync(string method, string path, string? token, HttpStatusCode code)
    {
        var body = path == "/v1/enrol" ? Keys : method == "POST" ? Body : null;
        using var answer = await ground.SendAsync(new HttpMethod(method), path, token, body);
        Assert.Equal(code, answer.StatusCode);
        Assert.Equal("Failure", (await GatewayGround.JsonAsync(answer))["status"]!.GetValue<string>());
        Assert.Empty(await ground.Ledger.JournalAsync(site.Name, 0, 10, TestContext.Current.CancellationToken));
    }
}
