using System.Net;
using System.Text;
using System.Text.Json;
using Flotilla.Api;
using Flotilla.Api.Sync;

namespace Flotilla.Hub.Tests.Gateway;

/// <summary>Sites that are revoked, replaced, claimed by others or copied.</summary>
public sealed class IdentityTests : IAsyncLifetime
{
    private const string Path = "/v1/namespaces/retail/sites/store-1";
    private GatewayGround ground = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        ground = await GatewayGround.StartAsync(advertise: new Uri("https://hub.example.com:8443"));
        await ground.DeclareSiteAsync(GatewayGround.Store);
    }

    public ValueTask DisposeAsync() => ground.DisposeAsync();

    [Fact]
    public async Task A_revoked_site_is_kept_out_until_a_token_lets_it_in_again()
    {
        var site = await ground.EnrolAsync();
        await ground.SetTargetAsync(site.Name, 1);
        using (var alice = await ground.SendAsync(HttpMethod.Post, $"{Path}/revocation", "alice-token"))
            Assert.Equal(HttpStatusCode.Forbidden, alice.StatusCode);
        Assert.NotNull((await ground.SyncAsync(site, Idle("a"))).Envelope);

        using (var revoked = await ground.SendAsync(HttpMethod.Post, $"{Path}/revocation", ground.AdminToken))
            Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        Assert.Equal((HttpStatusCode.Forbidden, "The keys of this site were revoked."), await RefusalAsync(site, Idle("a")));
        Assert.Equal(Reasons.Revoked, (await FactsAsync()).Barred!.Reason);
        // A token that does not say so changes nothing for keys that are bound.
        using (var answer = await ground.EnrolAsync(new TestSite(site.Name), await TokenAsync(replaces: false)))
            Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);

        using (var again = await ground.EnrolAsync(site, await TokenAsync(replaces: true)))
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.NotNull((await ground.SyncAsync(site, Idle("a"))).Envelope);
        Assert.Null((await FactsAsync()).Barred);
    }

    [Fact]
    public async Task Other_hardware_becomes_the_site_and_gets_all_that_it_is_meant_to_be()
    {
        var before = await ground.EnrolAsync();
        await ground.SetTargetAsync(before.Name, 1);
        await ground.SyncAsync(before, Idle("a") with { Epoch = 1, Sequence = 1 });

        var after = new TestSite(before.Name);
        var token = await TokenAsync(replaces: true);
        for (var again = 0; again < 2; again++)
        {
            using var enrolled = await ground.EnrolAsync(after, token);
            Assert.Equal(HttpStatusCode.OK, enrolled.StatusCode);
        }
        Assert.Equal(HttpStatusCode.Unauthorized, (await RefusalAsync(before, Idle("a"))).Code);
        Assert.NotNull((await ground.SyncAsync(after, Idle("b"))).Envelope);
        // Sealed values are sealed to the keys of before, so its target is made anew.
        Assert.Equal("", (await FactsAsync()).Inputs);
        // Who has the token now cannot use it again.
        using var thief = await ground.EnrolAsync(new TestSite(before.Name), token);
        Assert.Equal(HttpStatusCode.Forbidden, thief.StatusCode);
    }

    [Fact]
    public async Task Who_claims_the_identity_of_another_is_refused_and_shown()
    {
        var site = await ground.EnrolAsync();
        var other = new TestSite(site.Name);
        using (var answer = await ground.EnrolAsync(other, await TokenAsync(replaces: false)))
            Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal((other.Signing.KeyId, ground.Time.GetUtcNow()), ((await FactsAsync()).Contested!.KeyId, (await FactsAsync()).Contested!.Time));
        Assert.Equal(HttpStatusCode.Unauthorized, (await RefusalAsync(other, Idle("b"))).Code);
        await ground.SyncAsync(site, Idle("a"));
    }

    [Fact]
    public async Task Two_machines_with_the_same_keys_are_both_kept_out_once_both_have_gone_on()
    {
        var site = await ground.EnrolAsync();
        await ground.SyncAsync(site, Idle("a") with { Entries = [Entry(1), Entry(2)] });
        ground.Time.Advance(TimeSpan.FromMinutes(1));
        // One of them lost its journal, or was rolled back, and began another: that alone is nothing.
        await ground.SyncAsync(site, Idle("b") with { Entries = [Entry(1)] });
        await ground.SyncAsync(site, Idle("a"));
        await ground.SyncAsync(site, Idle("b") with { Entries = [Entry(2)] });
        Assert.Null((await FactsAsync()).Barred);

        await ground.SyncAsync(site, Idle("a") with { Entries = [Entry(3)] });
        Assert.Equal(Reasons.IdentityCopied, (await FactsAsync()).Barred!.Reason);
        Assert.Equal(HttpStatusCode.Forbidden, (await RefusalAsync(site, Idle("a"))).Code);
        Assert.Equal(HttpStatusCode.Forbidden, (await RefusalAsync(site, Idle("b"))).Code);
        // Nothing of what either said is lost.
        Assert.Equal(5, (await ground.Ledger.JournalAsync(site.Name, 0, 10, Cancellation)).Count);
    }

    private static SyncRequest Idle(string journal) => new() { Journal = journal, Agent = "test", KeySet = 1 };

    private JournalEntry Entry(long number) => new() { Number = number, Time = ground.Time.GetUtcNow(), Event = JournalEvent.AgentStarted };

    private async Task<Core.Sites.SiteFacts> FactsAsync() => (await ground.Ledger.FactsAsync(GatewayGround.Store, Cancellation))!;

    private async Task<string> TokenAsync(bool replaces)
    {
        using var made = await ground.SendAsync(HttpMethod.Post, $"{Path}/enrolment", ground.AdminToken, Encoding.UTF8.GetBytes($$"""{"replaces":{{(replaces ? "true" : "false")}}}"""));
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        return (await GatewayGround.JsonAsync(made))["token"]!.GetValue<string>();
    }

    private async Task<(HttpStatusCode Code, string Message)> RefusalAsync(TestSite site, SyncRequest request)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(request, ApiJson.Default.SyncRequest);
        using var answer = await ground.SendAsync(HttpMethod.Post, "/v1/sync", ground.Token(site, "POST", "/v1/sync", body), body);
        return (answer.StatusCode, (await GatewayGround.JsonAsync(answer))["message"]?.GetValue<string>() ?? "");
    }
}
