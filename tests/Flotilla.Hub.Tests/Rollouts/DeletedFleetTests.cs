using Flotilla.Api;
using Flotilla.ApiServer;
using Flotilla.Core.Rollouts;
using Flotilla.Hub.Hosting;
using Flotilla.Hub.Tests.Hosting;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Hub.Tests.Rollouts;

/// <summary>What a fleet leaves behind that is deleted while its rollout runs.</summary>
public sealed class DeletedFleetTests
{
    private static readonly ResourceReference Fleets = new("flotilla.dev", "v1alpha1", "fleets", true, "Fleet");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Its_rollout_ends_and_its_name_is_not_given_again()
    {
        await using var ground = await HubGround.StartAsync();
        await ground.DeclareFleetAsync();
        var site = await ground.EnrolAsync("s1");
        await site.HearAsync(s => s.Permit is not null);
        await ground.PatchRolloutAsync("stores-1", """{"spec":{"cancel":true}}""");
        await site.SucceedAsync();
        await ground.SeeAsync("Fleet", "stores", f => f.Object("status").Object("revision").Array("quarantined") is { Count: 1 });
        await ground.DeclareFleetAsync("goodbye");
        await ground.SeeAsync("Rollout", "stores-2", r => r.Object("status").String("phase") == "Running");

        await ground.Hub.Api.DeleteAsync(Fleets, "retail", "stores", DeleteOptions.Default, Cancellation);

        var rollout = await ground.SeeConditionAsync("Rollout", "stores-2", "Succeeded", Reasons.FleetDeleted);
        Assert.Equal(("Cancelled", 0), (rollout.Object("status").String("phase"), rollout.Object("status").Array("validActions")?.Count ?? 0));
        var memory = RolloutJson.ReadMemory((await ground.Hub.Ledger.FleetAsync("retail", "stores", Cancellation))!.Document);
        Assert.Equal((2, 0, null, null), (memory.Count, memory.Quarantined.Count, memory.Good, memory.Rollout));
        // What was in quarantine is not any more, since nobody remembers why.
        await ground.DeclareFleetAsync();
        await ground.SeeAsync("Rollout", "stores-3", r => r.Object("status").String("phase") == "Running");
    }

    [Fact]
    public async Task One_that_was_deleted_while_no_hub_ran_is_ended_by_the_next()
    {
        var folder = Directory.CreateTempSubdirectory("flotilla-hub-");
        try
        {
            await using var api = await KubernetesApi.StartAsync(new KubernetesApiOptions { Listen = false }, Cancellation);
            using var client = new KubernetesClient(api.CreateHandler(), api.Address, TimeProvider.System, api.Token);
            var options = new HubOptions { Api = client, DataFolder = folder.FullName, Online = false };
            await using (var ground = await HubGround.StartAsync(options, client))
            {
                await ground.DeclareFleetAsync();
                await (await ground.EnrolAsync("s1")).HearAsync(s => s.Permit is not null);
                await ground.SeeAsync("Rollout", "stores-1", r => r.Object("status").String("phase") == "Running");
            }
            await client.DeleteAsync(Fleets, "retail", "stores", DeleteOptions.Default, Cancellation);
            await using (var ground = await HubGround.StartAsync(options, client))
            {
                await ground.SeeConditionAsync("Rollout", "stores-1", "Succeeded", Reasons.FleetDeleted);
                await ground.DeclareFleetAsync();
                await ground.SeeAsync("Rollout", "stores-2", r => r.Object("status").String("phase") == "Running");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
