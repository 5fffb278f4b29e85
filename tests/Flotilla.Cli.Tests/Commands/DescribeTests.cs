using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Cli.Connections;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Tests.Commands;

public sealed class DescribeTests
{
    private static readonly DateTimeOffset Noon = new(2027, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_site_with_its_components_problems_and_journal()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.DeclareStoresAsync();
        await hub.SpeakAsync(
            "store-1",
            new SiteReport
            {
                Phase = SitePhase.Applying,
                Kubernetes = new KubernetesFacts { Version = "v1.36.0", Nodes = 3 },
                Components =
                [
                    new ComponentReport
                    {
                        Name = "till", Version = "1.0.0", Phase = ComponentPhase.Applying, Reason = "Progressing", Message = "1 of 3 objects is not ready",
                        Problems = [new ObjectProblem("v1/PersistentVolumeClaim/default/sales", "Pending", "no storage class")],
                    },
                ],
            },
            [.. Enumerable.Range(1, 12).Select(n => new JournalEntry { Number = n, Time = Noon.AddMinutes(n), Event = JournalEvent.DriftCorrected, Component = "till", Message = $"entry {n}" })]);
        await hub.SeeAsync(Kinds.Site, "store-1", site => site.Object("status").Object("kubernetes") is not null);
        var text = (await hub.RunAsync("describe", "site/store-1")).MustSucceed().Steady;
        foreach (var part in (string[])
            [
                "Name:           store-1\nNamespace:      retail\nDisplay name:   store-1\nLabels:         kind=store\nParameters:     tills=4\n",
                "Kubernetes:     v1.36.0, 3 nodes\n",
                "\nComponents:\n  NAME   VERSION   PHASE      REASON        MESSAGE\n  till   1.0.0     Applying   Progressing   1 of 3 objects is not ready\n",
                "\nProblems:\n  COMPONENT   OBJECT                                   REASON    MESSAGE\n  till        v1/PersistentVolumeClaim/default/sales   Pending   no storage class\n",
                "till: entry 3\n",
                "till: entry 12\n",
                "\nConditions:\n  TYPE        STATUS    REASON",
            ])
        {
            Assert.Contains(part, text, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("entry 2\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fleet_a_stack_a_component_and_anything_else()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.DeclareStoresAsync();
        await hub.SeeAsync(Kinds.Fleet, "stores", fleet => fleet.Object("status").Member("sites").AsInt64OrNull() == 3);
        var fleet = (await hub.RunAsync("describe", "fleet", "stores")).MustSucceed().Steady;
        Assert.StartsWith("Name:           stores\nNamespace:      retail\nSelector:       kind=store\nStack:          store\nAt once:        2\nCurrent:        sha256:dddd", fleet, StringComparison.Ordinal);
        Assert.Contains("\nSites by standing:\n  COUNT   STANDING", fleet, StringComparison.Ordinal);
        Assert.Contains("store-1, store-2, store-3", fleet, StringComparison.Ordinal);

        await hub.SeeAsync(Kinds.Stack, "store", s => s.Object("status").Array("order") is { Count: 1 });
        var stack = (await hub.RunAsync("describe", "stack/store")).MustSucceed().Steady;
        Assert.Contains(
            "  #   COMPONENT   VERSION   ROLE          AFTER   VALUES\n  1   till        1.0.0     application           tills=${site.tills}\n", stack, StringComparison.Ordinal);
        Assert.Contains("\nUsed by:\n  FLEET    SITES   READY\n  stores   3       ", stack, StringComparison.Ordinal);

        var component = (await hub.RunAsync("describe", "component/till")).MustSucceed().Steady;
        Assert.Contains("  1.0.0     any          inline   tills*       0                       store\n", component, StringComparison.Ordinal);
        Assert.Contains("  1.1.0     any          inline   tills*       0\n", component, StringComparison.Ordinal);

        var other = (await hub.RunAsync("describe", "namespace/retail")).MustSucceed().Out;
        Assert.Contains("kind: Namespace\n", other, StringComparison.Ordinal);
        Assert.DoesNotContain("managedFields", other, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_is_told_with_what_to_do()
    {
        await using var hub = await RunningHub.StartAsync();
        Assert.Equal("flotilla: there is no site atlantis in namespace retail: `flotilla get sites -A` lists them\n", (await hub.RunAsync("describe", "site/atlantis")).MustEnd(ExitCodes.Failed).Error);
        Assert.Contains("write KIND/NAME", (await hub.RunAsync("describe", "site")).MustEnd(ExitCodes.Usage).Error, StringComparison.Ordinal);
    }
}
