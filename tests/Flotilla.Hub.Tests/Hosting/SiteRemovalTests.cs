using System.Net;
using Flotilla.Api;
using Flotilla.Api.Sites;
using Flotilla.Core.Sites;
using Flotilla.Hub.Gateway;
using Flotilla.Hub.Hosting;
using Flotilla.Hub.Ledger;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Hub.Tests.Hosting;

public sealed class SiteRemovalTests
{
    private static readonly SiteName Name = new("retail", "s1");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_deleted_site_is_forgotten_before_its_object_is_gone_and_its_agent_turned_away()
    {
        await using var ground = await HubGround.StartAsync();
        await ground.DeclareFleetAsync();
        var site = await ground.EnrolAsync("s1");
        await site.HearAsync(s => s.Permit is not null);
        await site.SucceedAsync();
        await SeeHeldAsync(ground);
        var token = EnrolmentTokens.Hash(await ground.Hub.NewTokenAsync(Name, Cancellation));

        await ground.RemoveSiteAsync("s1");

        Assert.Null(await ground.Hub.Ledger.KeysAsync(Name, Cancellation));
        Assert.Null(await ground.Hub.Ledger.TargetAsync(Name, Cancellation));
        Assert.Null(await ground.Hub.Ledger.ReportAsync(Name, Cancellation));
        Assert.Empty(await ground.Hub.Ledger.JournalAsync(Name, 0, 10, Cancellation));
        Assert.Equal(HttpStatusCode.Unauthorized, await site.KnockAsync());
        var late = await ground.Hub.Ledger.EnrolAsync(token, new SiteKeys("k", "{}", "{}", DateTimeOffset.UtcNow), DateTimeOffset.UtcNow, Cancellation);
        Assert.Equal(EnrolmentResult.UnknownToken, late.Result);
        await ground.SeeAsync("Fleet", "stores", f => f.Object("status").Member("sites").AsInt64OrNull() is null or 0);
    }

    [Fact]
    public async Task Another_site_may_take_the_name_of_one_that_was_removed()
    {
        await using var ground = await HubGround.StartAsync();
        await ground.DeclareFleetAsync();
        var first = await ground.EnrolAsync("s1");
        await first.HearAsync(s => s.Permit is not null);
        await SeeHeldAsync(ground);
        await ground.RemoveSiteAsync("s1");

        var second = await ground.EnrolAsync("s1");
        var state = await second.HearAsync(s => s.Permit is not null);
        Assert.Equal("retail/s1", state.Site);
        await second.SucceedAsync();
        await ground.SeeConditionAsync("Site", "s1", "InSync", Reasons.InSync);
        await SeeHeldAsync(ground);
        Assert.Equal(HttpStatusCode.Unauthorized, await first.KnockAsync());
        Assert.Equal(HttpStatusCode.OK, await second.KnockAsync());
    }

    [Fact]
    public async Task A_site_that_is_missing_without_having_been_deleted_keeps_its_identity()
    {
        var folder = Directory.CreateTempSubdirectory("flotilla-hub-");
        try
        {
            var options = new HubOptions { DataFolder = folder.FullName, Online = false };
            await using (var ground = await HubGround.StartAsync(options))
            {
                await ground.EnrolAsync("s1");
                await SeeHeldAsync(ground);
            }
            // As after a restore of an older state.
            Directory.Delete(Path.Combine(folder.FullName, "api"), recursive: true);
            await using (var ground = await HubGround.StartAsync(options))
            {
                await ground.DeclareFleetAsync();
                var other = await ground.EnrolAsync("s2");
                // What it hears tells that the hub has looked around.
                await other.HearAsync(s => s.Permit is not null);
                Assert.NotNull(await ground.Hub.Ledger.KeysAsync(Name, Cancellation));
                await ground.DeclareSiteAsync("s1");
                await SeeHeldAsync(ground);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_finalizer_of_somebody_else_stays()
    {
        await using var ground = await HubGround.StartAsync();
        var site = await ground.EnrolAsync("s1");
        await SeeHeldAsync(ground);
        await ground.ApplyAsync("""
            apiVersion: flotilla.dev/v1alpha1
            kind: Site
            metadata: {name: s1, namespace: retail, finalizers: [example.com/inventory]}
            spec: {}
            """);
        var sites = new ResourceReference("flotilla.dev", "v1alpha1", "sites", true, "Site");
        await ground.Hub.Api.DeleteAsync(sites, "retail", "s1", DeleteOptions.Default, Cancellation);
        var left = await ground.SeeAsync("Site", "s1", s => Finalizers(s) is ["example.com/inventory"]);
        Assert.NotNull(left.Object("metadata").String("deletionTimestamp"));
        Assert.Equal(HttpStatusCode.Unauthorized, await site.KnockAsync());
    }

    private static Task SeeHeldAsync(HubGround ground) => ground.SeeAsync("Site", "s1", s => Finalizers(s).Contains(SiteRemoval.Finalizer));

    private static List<string?> Finalizers(System.Text.Json.Nodes.JsonObject site) =>
        [.. (site.Object("metadata").Array("finalizers") ?? []).Select(f => f.AsStringOrNull())];
}
