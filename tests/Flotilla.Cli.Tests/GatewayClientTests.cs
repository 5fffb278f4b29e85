using System.CommandLine;
using System.Text.Json.Nodes;
using Flotilla.Cli.Connections;
using Flotilla.Hub.Ledger;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Tests;

/// <summary>The gateway as commands see it.</summary>
public sealed class GatewayClientTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rollout_is_read_whole_whatever_the_length_of_its_story()
    {
        await using var hub = await RunningHub.StartAsync();
        var rollout = new RolloutCommit("ferries-1")
        {
            Document = """{"phase":"Running"}""",
            Members = [new("ferry-1", """{"state":"Waiting"}""")],
            Story = [.. Enumerable.Range(1, 1001).Select(n => new JsonObject { ["message"] = n }.ToJsonString())],
        };
        Assert.True(await hub.Hub.Ledger.CommitAsync(new FleetLease("retail", "ferries", 1), new FleetCommit { Rollouts = [rollout] }, Cancellation));
        using var connection = HubConnection.Open(new RootCommand { HubConnection.KubeconfigOption }.Parse(["--kubeconfig", hub.Kubeconfig]));
        var gateway = await connection.GatewayAsync(Cancellation);

        var story = await gateway.RolloutStoryAsync("retail", "ferries-1", 1, Cancellation).ToListAsync(Cancellation);
        Assert.Equal(Enumerable.Range(2, 1000).Select(n => (long)n), story.Select(l => l.Number));
        Assert.All(story, l => Assert.Equal(l.Number, l.Line.Member("message").AsInt64OrNull()));
        Assert.Equal("""[{"state":"Waiting"}]""", (await gateway.RolloutSitesAsync("retail", "ferries-1", Cancellation)).Array("sites")!.ToJsonString());

        Assert.Empty(await gateway.RolloutStoryAsync("retail", "ferries-2", 0, Cancellation).ToListAsync(Cancellation));
        Assert.Null(await gateway.RolloutSitesAsync("retail", "ferries-2", Cancellation));
    }
}
