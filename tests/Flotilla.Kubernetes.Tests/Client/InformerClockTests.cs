using System.Text.Json.Nodes;
using System.Threading.Channels;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;
using Flotilla.TestKit;

namespace Flotilla.Kubernetes.Tests.Client;

/// <summary>An informer, request by request, on a clock that moves only when told.</summary>
public sealed class InformerClockTests : IAsyncDisposable
{
    private static readonly ResourceReference Sites = new("flotilla.dev", "v1alpha1", "sites", true, "Site");
    private readonly ManualTime time = new();
    private readonly FakeWire wire = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Channel<string> told = Channel.CreateBounded<string>(100);
    private readonly Channel<TimeSpan> troubles = Channel.CreateBounded<TimeSpan>(100);
    private readonly Informer<string> informer;
    private readonly Task running;

    public InformerClockTests()
    {
        var options = new InformerOptions { PageSize = 2, MetadataOnly = true, OnTrouble = (_, wait) => troubles.Writer.TryWrite(wait) };
        informer = new Informer<string>(
            wire.Client(time), Sites, null, Version, (key, before, after) => told.Writer.TryWrite($"{key}: {before} -> {after}"),
            options, time, new Random(7));
        running = Task.Run(() => informer.RunAsync(stop.Token));
    }

    [Fact]
    public async Task An_expired_version_is_listed_anew_at_once_and_tells_only_what_differs()
    {
        await ListAsync("a=1", "b=2", "c=3");
        Assert.Equal(["x/a:  -> 1", "x/b:  -> 2", "x/c:  -> 3"], await ToldAsync(3));
        await informer.HasSynced;
        (await WatchedFromAsync("100")).Answer(200, Event("MODIFIED", "b", "101") + Event("BOOKMARK", "", "150") + Error(410, "Expired"));
        Assert.Equal(["x/b: 2 -> 101"], await ToldAsync(1));

        await ListAsync("b=101", "c=160", "d=170");
        Assert.Equal(["x/c: 3 -> 160", "x/d:  -> 170", "x/a: 1 -> "], await ToldAsync(3));
        Assert.Equal(TimeSpan.Zero, await TroubleAsync());
        // Again, without anything in between: no hurry.
        (await WatchedFromAsync("100")).Answer(410, "gone");
        var wait = await TroubleAsync();
        Assert.InRange(wait, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1));
        await AdvanceAsync(wait);
        await ListAsync("b=101", "c=160", "d=170");
        await WatchedFromAsync("100");
        Assert.False(told.Reader.TryPeek(out _));
    }

    [Fact]
    public async Task Lost_connections_wait_longer_each_time_and_go_on_where_they_were()
    {
        await ListAsync("a=1");
        (await WatchedFromAsync("100")).Answer(200, Event("BOOKMARK", "", "120"));
        var longest = TimeSpan.Zero;
        for (var i = 0; i < 8; i++)
        {
            (await WatchedFromAsync("120")).Fail("no route");
            var wait = await TroubleAsync();
            var step = Math.Min(30, 0.5 * Math.Pow(2, i));
            Assert.InRange(wait.TotalSeconds, step / 2, step);
            longest = wait > longest ? wait : longest;
            Assert.True(wire.IsQuiet);
            await AdvanceAsync(wait);
        }
        Assert.InRange(longest, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30));
        (await WatchedFromAsync("120")).Answer(200, Event("ADDED", "b", "130"));
        (await WatchedFromAsync("130")).Answer(503, "closed", "text/plain", r => r.Headers.TryAddWithoutValidation("Retry-After", "17"));
        Assert.Equal(TimeSpan.FromSeconds(17), await TroubleAsync());
    }

    [Fact]
    public async Task A_watch_that_ends_without_a_word_again_and_again_is_not_begun_in_a_hurry()
    {
        var start = time.GetUtcNow();
        await ListAsync("a=1");
        (await WatchedFromAsync("100")).Answer(200, "");
        await AdvanceAsync(TimeSpan.FromSeconds(0.5));
        (await WatchedFromAsync("100")).Answer(200, "");
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        (await WatchedFromAsync("100")).Answer(200, "");
        await AdvanceAsync(TimeSpan.FromSeconds(2));
        await WatchedFromAsync("100");
        Assert.InRange(time.GetUtcNow() - start, TimeSpan.FromSeconds(3.5), TimeSpan.FromSeconds(3.5));
    }

    [Theory]
    [InlineData("""{"kind":"Status","code":504,"reason":"Timeout","details":{"causes":[{"reason":"ResourceVersionTooLarge"}]}}""", 504)]
    [InlineData("""{"kind":"Status","code":400,"reason":"BadRequest","message":"invalid resource version"}""", 400)]
    public async Task A_server_that_does_not_know_the_version_is_listed_anew(string status, int code)
    {
        await ListAsync("a=1");
        (await WatchedFromAsync("100")).Answer(code, JsonNode.Parse(status)!);
        await ListAsync("a=1");
        await WatchedFromAsync("100");
    }

    [Fact]
    public async Task Failures_of_the_callers_own_code_end_it()
    {
        await ListAsync("a=1");
        (await WatchedFromAsync("100")).Answer(200, Event("ADDED", "b", "broken"));
        await Assert.ThrowsAsync<FormatException>(() => running);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAny(running);
        Assert.True(informer.HasSynced.IsCompleted);
        stop.Dispose();
    }

    private async Task ListAsync(params string[] items)
    {
        for (var i = 0; i < items.Length; i += 2)
        {
            var call = await wire.ExpectAsync($"GET /apis/flotilla.dev/v1alpha1/sites?limit=2{(i == 0 ? "" : "&continue=more")}");
            Assert.Contains("as=PartialObjectMetadataList", call.Request.Headers.NonValidated["Accept"].ToString(), StringComparison.Ordinal);
            call.Answer(200, new JsonObject
            {
                ["metadata"] = new JsonObject { ["resourceVersion"] = "100", ["continue"] = i + 2 < items.Length ? "more" : "" },
                ["items"] = new JsonArray([.. items.Skip(i).Take(2).Select(t => Site(t.Split('=')[0], t.Split('=')[1]))]),
            });
        }
    }

    private async Task<Call> WatchedFromAsync(string version)
    {
        var call = await wire.NextAsync();
        Assert.StartsWith($"GET /apis/flotilla.dev/v1alpha1/sites?watch=true&allowWatchBookmarks=true&resourceVersion={version}&timeoutSeconds=", call.Line, StringComparison.Ordinal);
        return call;
    }

    private async Task<List<string>> ToldAsync(int count)
    {
        var found = new List<string>();
        while (found.Count < count)
            found.Add(await told.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        return found;
    }

    private Task<TimeSpan> TroubleAsync() =>
        troubles.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    private async Task AdvanceAsync(TimeSpan span)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await time.AdvanceOnceDueAsync(span, patience.Token);
    }

    private static string Version(JsonObject site)
    {
        var text = site.Object("metadata").String("resourceVersion")!;
        return text == "broken" ? throw new FormatException(text) : text;
    }

    private static JsonObject Site(string name, string version) => new()
    {
        ["metadata"] = new JsonObject { ["namespace"] = "x", ["name"] = name, ["resourceVersion"] = version },
    };

    private static string Event(string type, string name, string version) =>
        new JsonObject { ["type"] = type, ["object"] = Site(name, version) }.ToJsonString() + "\n";

    private static string Error(int code, string reason) =>
        new JsonObject { ["type"] = "ERROR", ["object"] = new JsonObject { ["kind"] = "Status", ["code"] = code, ["reason"] = reason } }.ToJsonString() + "\n";
}
