using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Client;
using Flotilla.TestKit;

namespace Flotilla.Kubernetes.Tests.Client;

public sealed class ResourceDirectoryTests
{
    private readonly ManualTime time = new();
    private readonly FakeWire wire = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Servers_that_do_not_aggregate_are_asked_version_by_version()
    {
        var client = wire.Client(time);
        var asked = client.Resources.AllAsync(Cancellation).AsTask();
        var answers = new Dictionary<string, (int Code, string Body)>
        {
            ["GET /api"] = (200, """{"kind":"APIVersions","versions":["v1"]}"""),
            ["GET /apis"] = (200, """{"kind":"APIGroupList","groups":[{"name":"apps","versions":[{"version":"v1beta1"},{"version":"v1"}],"preferredVersion":{"version":"v1"}},{"name":"metrics.k8s.io","versions":[{"version":"v1"}]}]}"""),
            ["GET /api/v1"] = (200, """{"kind":"APIResourceList","resources":[{"name":"pods","singularName":"pod","namespaced":true,"kind":"Pod","verbs":["get"],"shortNames":["po"],"categories":["all"]},{"name":"pods/log","namespaced":true,"kind":"Pod"},{"name":"nodes","namespaced":false,"kind":"Node"}]}"""),
            ["GET /apis/apps/v1"] = (200, """{"resources":[{"name":"deployments","singularName":"deployment","namespaced":true,"kind":"Deployment","shortNames":["deploy"]}]}"""),
            ["GET /apis/apps/v1beta1"] = (200, """{"resources":[{"name":"deployments","singularName":"deployment","namespaced":true,"kind":"Deployment"}]}"""),
            ["GET /apis/metrics.k8s.io/v1"] = (503, "backend away"),
        };
        for (var i = 0; i < 6; i++)
        {
            var call = await wire.NextAsync();
            Assert.True(answers.Remove(call.Line, out var answer), call.Line);
            call.Answer(answer.Code, answer.Body, "application/json");
        }
        var all = await asked;
        Assert.Equal(["v1 pods True", "v1 nodes False", "apps/v1 deployments True", "apps/v1beta1 deployments True"], all.Select(r => $"{r.Reference.ApiVersion} {r.Reference.Plural} {r.Reference.Namespaced}"));
        Assert.Equal(["log"], all[0].Subresources);
        Assert.Equal("apps/v1", (await client.Resources.ResolveAsync("deploy", Cancellation)).Reference.ApiVersion);
        Assert.Equal("apps/v1beta1", (await client.Resources.ResolveAsync("deployments.v1beta1.apps", Cancellation)).Reference.ApiVersion);
    }

    [Fact]
    public async Task A_miss_reads_anew_shared_by_all_who_miss_and_not_without_end()
    {
        var resources = wire.Client(time).Resources;
        var asked = Enumerable.Range(0, 4).Select(_ => resources.TryResolveAsync("x.io/v1", "Later", Cancellation).AsTask()).ToArray();
        await DiscoverAsync();
        Assert.All(await Task.WhenAll(asked), Assert.Null);
        var later = resources.TryResolveAsync("x.io/v1", "Later", Cancellation).AsTask();
        await DiscoverAsync("later");
        Assert.Equal("laters", (await later)!.Plural);

        for (var i = 0; i < 9; i++)
        {
            var miss = resources.TryResolveAsync("x.io/v1", "Never", Cancellation).AsTask();
            await DiscoverAsync("later");
            Assert.Null(await miss);
        }
        Assert.Null(await resources.TryResolveAsync("x.io/v1", "Never", Cancellation));
        time.Advance(TimeSpan.FromSeconds(1));
        var again = resources.TryResolveAsync("x.io/v1", "Never", Cancellation).AsTask();
        await DiscoverAsync("later", "never");
        Assert.NotNull(await again);
    }

    [Theory]
    [InlineData("site", "sites")]
    [InlineData("Site", "sites")]
    [InlineData("SITES.x.io", "sites")]
    [InlineData("sites.v1.x.io", "sites")]
    public async Task People_may_write_a_resource_in_many_ways(string word, string plural)
    {
        var asked = wire.Client(time).Resources.ResolveAsync(word, Cancellation).AsTask();
        await DiscoverAsync("site", "fleet");
        Assert.Equal(plural, (await asked).Reference.Plural);
    }

    [Fact]
    public async Task What_is_not_there_is_told_with_what_may_have_been_meant()
    {
        var asked = wire.Client(time).Resources.ResolveAsync("sties", Cancellation).AsTask();
        await DiscoverAsync("site", "fleet");
        Assert.Contains("did you mean \"sites\"?", (await Assert.ThrowsAsync<UnknownResourceException>(() => asked)).Message, StringComparison.Ordinal);
    }

    /// <summary>Answers both requests of aggregated discovery.</summary>
    private async Task DiscoverAsync(params string[] names)
    {
        for (var i = 0; i < 2; i++)
        {
            var call = await wire.NextAsync();
            Assert.Contains("as=APIGroupDiscoveryList", call.Request.Headers.NonValidated["Accept"].ToString(), StringComparison.Ordinal);
            var resources = new JsonArray([.. names.Select(n => new JsonObject
            {
                ["resource"] = n + "s",
                ["singularResource"] = n,
                ["responseKind"] = new JsonObject { ["kind"] = char.ToUpperInvariant(n[0]) + n[1..] },
                ["scope"] = "Namespaced",
            })]);
            var group = new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = "x.io" },
                ["versions"] = new JsonArray(new JsonObject { ["version"] = "v1", ["resources"] = resources }),
            };
            call.Answer(200, new JsonObject { ["kind"] = "APIGroupDiscoveryList", ["items"] = call.Line == "GET /api" ? new JsonArray() : new JsonArray(group) });
        }
    }
}
