using Flotilla.Core.Rollouts;
using Flotilla.Hub.Rollouts;
using Flotilla.Kubernetes.Client;
using Flotilla.TestKit;
using Microsoft.AspNetCore.Http;

namespace Flotilla.Hub.Tests.Rollouts;

/// <summary>Gates that ask a server, over real sockets.</summary>
public sealed class GateAskerTests
{
    private static readonly ObjectKey Rollout = new("retail", "stores-1");
    private static readonly ObjectKey Fleet = new("retail", "stores");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_is_asked_is_told_what_about_and_can_tell_who_asks()
    {
        await using var server = await WebhookServer.StartAsync();
        server.Say(200, """{"allow":true,"message":"the board agreed"}""");

        var gate = await AskAsync(server.Address + "/ask?board=1", secret: ("hook", "key"));

        Assert.Equal((GateRecord.Yes, $"{server.Address}/ask?board=1 says yes: the board agreed"), (gate.Answer, gate.By));
        var call = await server.NextAsync();
        Assert.Equal(("POST", "/ask", "application/json"), (call.Method, call.Path, call.ContentType));
        Assert.True(call.IsSignedWith("sesame"));
        Assert.False(call.IsSignedWith("another"));
        Assert.Equal("""{"fleet":"stores","gate":"all/before/0","namespace":"retail","revision":"sha256:1","rollout":"stores-1"}""", call.Json.ToJsonString());
    }

    [Theory]
    [InlineData(200, """{"allow":false,"message":"not on a Friday"}""", "not on a Friday")]
    [InlineData(200, """{"allow":false}""", "it says no.")]
    [InlineData(200, """{"allow":"true"}""", "it says no.")]
    [InlineData(200, """{"message":"wait until the review is over"}""", "wait until the review is over")]
    [InlineData(200, """{"allow":true,"allow":false}""", "it says no.")]
    [InlineData(200, """["allow"]""", "it says no.")]
    [InlineData(200, "yes", "its answer is no JSON.")]
    [InlineData(200, "", "its answer is no JSON.")]
    [InlineData(503, """{"allow":true}""", "it answered 503")]
    [InlineData(404, "", "it answered 404")]
    public async Task Whatever_is_no_clear_yes_keeps_the_gate_shut(int status, string body, string says)
    {
        await using var server = await WebhookServer.StartAsync();
        server.Say(status, body);
        Assert.Equal(says, (await AskAsync(server.Address)).Answer);
    }

    [Fact]
    public async Task An_answer_of_any_length_is_read_no_further_than_it_may_be_long()
    {
        await using var server = await WebhookServer.StartAsync();
        server.Say(200, $$"""{"allow":true,"message":"{{new string('x', 100_000)}}"}""");
        Assert.Equal("its answer is no JSON.", (await AskAsync(server.Address)).Answer);
        server.Say(200, $$"""{"allow":false,"message":"{{new string('x', 10_000)}}"}""");
        Assert.Equal(new string('x', 512) + "…", (await AskAsync(server.Address)).Answer);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var server = await WebhookServer.StartAsync();
        server.Answer = http =>
        {
            http.Response.Redirect("/elsewhere", permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        };
        Assert.Equal("it answered 307, and redirects are not followed", (await AskAsync(server.Address)).Answer);
        Assert.Equal("/", (await server.NextAsync()).Path);
        Assert.Null(server.TryNext());
    }

    [Fact]
    public async Task Who_does_not_answer_in_time_says_no()
    {
        await using var server = await WebhookServer.StartAsync();
        server.Answer = http => Task.Delay(Timeout.InfiniteTimeSpan, http.RequestAborted);
        var time = new ManualTime();

        var asking = AskAsync(server.Address, time: time);
        await server.NextAsync();
        await time.AdvanceOnceDueAsync(TimeSpan.FromSeconds(7), Cancellation);

        Assert.Equal("it did not answer within 7 s", (await asking).Answer);
    }

    [Theory]
    [InlineData("hook", "other")]
    [InlineData("missing", "key")]
    public async Task Nothing_is_sent_unsigned_where_a_signature_is_declared(string secret, string key)
    {
        await using var server = await WebhookServer.StartAsync();
        Assert.Equal($"there is no Secret {secret} with a key {key} that has the label flotilla.dev/hooks", (await AskAsync(server.Address, (secret, key))).Answer);
        Assert.Null(server.TryNext());
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("[::1]")]
    [InlineData("0.0.0.0")]
    [InlineData("2130706433")]
    [InlineData("[::ffff:127.0.0.1]")]
    public async Task The_hub_is_no_way_to_its_own_host(string host)
    {
        await using var server = await WebhookServer.StartAsync();
        var answer = (await AskAsync($"http://{host}:{new Uri(server.Address).Port}/", allowLocal: false)).Answer;
        Assert.Contains("an address of the hub's own host or network link, which webhooks must not reach; `flotilla hub --allow-local-webhooks` lets them", answer, StringComparison.Ordinal);
        Assert.Null(server.TryNext());
    }

    /// <summary>Asks once.</summary>
    /// <returns>The gate with the answer.</returns>
    private static async Task<GateRecord> AskAsync(string url, (string, string)? secret = null, bool allowLocal = true, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        using var wire = HookWire.Create(allowLocal);
        var hooks = new RolloutHooks(wire, name => name == new ObjectKey("retail", "hook") ? new HookSecret(new Dictionary<string, byte[]> { ["key"] = "sesame"u8.ToArray() }) : null, time);
        var asked = new List<GateAsked>();
        var answered = new List<ObjectKey>();
        var book = new GateBook(asked.Add, time);
        var record = new RolloutRecord
        {
            Name = Rollout.Name,
            Fleet = Fleet.Name,
            Revision = "sha256:1",
            Strategy = "{}",
            Created = time.GetUtcNow(),
            Phase = Api.Rollouts.RolloutPhase.Running,
            Gates = [new GateRecord { Key = "all/before/0", Reached = time.GetUtcNow() }],
        };
        book.Ask(Fleet, Rollout, record, [new GateQuestion("all/before/0", new GateTerms.Webhook(url, secret, TimeSpan.FromSeconds(7)))]);
        Assert.Equal("it is being asked.", book.Answered(Rollout, record).Gates[0].Answer);
        await new GateAsker(hooks, book, answered.Add, time).AskAsync(Assert.Single(asked), Cancellation);
        Assert.Equal(Fleet, Assert.Single(answered));
        return book.Answered(Rollout, record).Gates[0];
    }
}
