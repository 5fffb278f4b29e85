using Flotilla.Simulation.Sites;
using Flotilla.TestKit;

namespace Flotilla.Simulation.Tests.Sites;

public sealed class FleetTests
{
    [Fact]
    public async Task Ten_sites_of_three_kinds_follow_what_is_declared_for_them()
    {
        await using var world = await SimulatedWorld.StartAsync(Archetypes.Mixed(10));
        foreach (var kind in new[] { "stores", "ships", "aircraft" })
            await world.ApplyFolderAsync(Path.Combine(Repository.Root, "samples", kind));

        await world.UntilReadyAsync("retail", "stores", TimeSpan.FromMinutes(30));
        await world.UntilReadyAsync("airborne", "aircraft", TimeSpan.FromMinutes(30));
        await world.UntilReadyAsync("shipping", "ships", TimeSpan.FromHours(12));
    }
}
