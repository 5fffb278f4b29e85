using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Authentication;
using Flotilla.ApiServer.Certificates;

namespace Flotilla.ApiServer.Tests.Authentication;

public sealed class AuthenticatorTests : IDisposable
{
    private readonly ShiftedTime time = new();
    private readonly ClusterCertificates keys;
    private readonly Authenticator authenticator;
    private readonly Accounts accounts = new("https://one");

    public AuthenticatorTests()
    {
        keys = ClusterCertificates.InMemory(time);
        authenticator = new Authenticator([StaticUser.Administrator("secret"), StaticUser.Parse("alice=alicetoken:dev,ops")], keys.Authority, keys.ServiceAccountKey, time);
    }

    [Theory]
    [InlineData(null, "system:anonymous: system:unauthenticated")]
    [InlineData("", "system:anonymous: system:unauthenticated")]
    [InlineData("Basic YTpi", "system:anonymous: system:unauthenticated")]
    [InlineData("Bearer", "system:anonymous: system:unauthenticated")]
    [InlineData("Bearer ", "system:anonymous: system:unauthenticated")]
    [InlineData("Bearer secret", "kubernetes-admin: system:masters system:authenticated")]
    [InlineData("bearer alicetoken", "alice: dev ops system:authenticated")]
    [InlineData(" Bearer alicetoken more", "alice: dev ops system:authenticated")]
    [InlineData("Bearer nonsense", null)]
    [InlineData("Bearer a.b.c", null)]
    [InlineData("Bearer alicetoke", null)]
    public void A_header_gives(string? header, string? expected) => Assert.Equal(expected, Show(authenticator.Authenticate(header, null, accounts)));

    [Fact]
    public void A_certificate_of_the_authority_names_user_and_groups()
    {
        using var certificate = keys.SignClient("bob", ["a", "b"], TimeSpan.FromHours(1));
        var user = authenticator.Authenticate(null, certificate, accounts);
        Assert.Equal("bob: a b system:authenticated", Show(user));
        Assert.Same(user, authenticator.Authenticate("Bearer nonsense", certificate, accounts));
    }

    [Fact]
    public void A_certificate_is_worth_nothing_after_its_time()
    {
        using var certificate = keys.SignClient("bob", [], TimeSpan.FromHours(1));
        Assert.NotNull(authenticator.Authenticate(null, certificate, accounts));
        time.Ahead = TimeSpan.FromHours(2);
        Assert.Null(authenticator.Authenticate(null, certificate, accounts));
    }

    [Fact]
    public void Certificates_of_others_or_for_other_uses_do_not_count()
    {
        using var otherKeys = ClusterCertificates.InMemory(time);
        using var stranger = otherKeys.SignClient("bob", ["system:masters"], TimeSpan.FromHours(1));
        Assert.Null(authenticator.Authenticate(null, stranger, accounts));
        Assert.Null(authenticator.Authenticate(null, keys.Serving, accounts));
        Assert.Equal("alice: dev ops system:authenticated", Show(authenticator.Authenticate("Bearer alicetoken", stranger, accounts)));
    }

    [Fact]
    public void A_service_account_is_known_by_its_token()
    {
        var user = authenticator.Authenticate($"Bearer {Issue()}", null, accounts);
        Assert.Equal("system:serviceaccount:ns:bot: system:serviceaccounts system:serviceaccounts:ns system:authenticated", Show(user));
        Assert.Equal("u1", user!.Uid);
        Assert.StartsWith("JTI=", Assert.Single(user.Extra["authentication.kubernetes.io/credential-id"]));
    }

    [Fact]
    public void A_token_dies_with_its_account_its_time_and_its_cluster()
    {
        var token = Issue();
        Assert.NotNull(authenticator.AuthenticateToken(token, accounts));
        Assert.Null(authenticator.AuthenticateToken(token, new Accounts("https://two")));
        accounts.Uid = "u2";
        Assert.Null(authenticator.AuthenticateToken(token, accounts));
        accounts.Uid = "u1";
        time.Ahead = TimeSpan.FromHours(1);
        Assert.Null(authenticator.AuthenticateToken(token, accounts));
    }

    [Fact]
    public void A_token_for_another_audience_or_with_a_changed_claim_is_nobodys()
    {
        var tokens = new ServiceAccountTokens(keys.ServiceAccountKey, time);
        var foreign = tokens.Issue("https://one", "ns", "bot", "u1", ["vault"], TimeSpan.FromMinutes(10));
        Assert.Null(tokens.Verify(foreign, accounts));
        Assert.NotNull(tokens.Verify(foreign, accounts, "vault"));
        var parts = Issue().Split('.');
        var other = Issue("other").Split('.');
        Assert.Null(tokens.Verify($"{parts[0]}.{other[1]}.{parts[2]}", accounts));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Null(tokens.Verify(new ServiceAccountTokens(key, time).Issue("https://one", "ns", "bot", "u1", ["https://one"], TimeSpan.FromMinutes(10)), accounts));
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("=t")]
    [InlineData("alice=")]
    [InlineData("alice=:dev")]
    [InlineData("alice=a b")]
    public void A_user_of_another_form_is_refused(string text) => Assert.Throws<FormatException>(() => StaticUser.Parse(text));

    public void Dispose()
    {
        authenticator.Dispose();
        keys.Dispose();
    }

    private string Issue(string account = "bot") => new ServiceAccountTokens(keys.ServiceAccountKey, time)
        .Issue("https://one", "ns", account, "u1", ["https://one"], TimeSpan.FromHours(1));

    private static string? Show(UserInfo? user) => user is null ? null : $"{user.Name}: {string.Join(' ', user.Groups)}";

    private sealed class Accounts(string issuer) : IServiceAccountSource
    {
        public string Uid { get; set; } = "u1";

        public string Issuer => issuer;

        public JsonObject? Find(string resource, string ns, string name) => (resource, ns, name) == ("serviceaccounts", "ns", "bot")
            ? new JsonObject { ["metadata"] = new JsonObject { ["uid"] = Uid } }
            : null;
    }
}
