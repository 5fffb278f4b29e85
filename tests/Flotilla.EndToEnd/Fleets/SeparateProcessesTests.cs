using Flotilla.TestKit;

namespace Flotilla.EndToEnd.Fleets;

/// <summary>Real components go out to sites, change, come back, drift, leave; hub, agents and clusters are processes of their own.</summary>
[Collection(nameof(FleetTests))]
public sealed class SeparateProcessesTests
{
    private const int Sites = 5;

    [Fact]
    public async Task A_hub_with_all_in_its_folder()
    {
        await using var ground = await FleetGround.StartAsync(Sites);
        await new FleetScenario(ground).RunAsync();
    }

    [Fact]
    public async Task A_hub_on_another_clusters_api_with_its_ledger_on_PostgreSQL()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, PostgresServer.IsMissing);
        await using var postgres = await PostgresServer.StartAsync(TestContext.Current.CancellationToken);
        await using var api = await ServerProcess.StartAsync(TestContext.Current.CancellationToken, "--memory");
        await using var ground = await FleetGround.StartAsync(Sites, api, postgres.NewPlace());
        await new FleetScenario(ground).RunAsync();
    }
}

/// <summary>Fleets take the whole machine: one at a time, and nothing beside them.</summary>
[CollectionDefinition(nameof(FleetTests), DisableParallelization = true)]
public sealed class FleetTests;
