using Flotilla.Cli.Connections;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Tests.Commands;

/// <summary>get, status, wait and completion.</summary>
public sealed class LookTests
{
    [Fact]
    public async Task Get_prints_the_columns_of_a_kind()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.DeclareStoresAsync();
        await hub.SeeAsync(Kinds.Fleet, "stores", fleet => fleet.Object("status").Member("sites").AsInt64OrNull() == 3);
        Assert.StartsWith("NAMESPACE   NAME     ", (await hub.RunAsync("get", "fleets", "-A")).MustSucceed().Out, StringComparison.Ordinal);
        Assert.Equal("site/store-1\nsite/store-2\nsite/store-3\n", (await hub.RunAsync("get", "sites", "-o", "name")).MustSucceed().Out);
        Assert.Equal("site/store-2\n", (await hub.RunAsync("get", "site/store-2", "-o", "name")).MustSucceed().Out);
        Assert.Equal("", (await hub.RunAsync("get", "sites", "-l", "kind=ship", "-o", "name")).MustSucceed().Out);
        Assert.Equal("No stacks in namespace nowhere.\n", (await CommandResult.OfAsync(["get", "stacks", "-n", "nowhere", "--kubeconfig", hub.Kubeconfig])).MustSucceed().Error);
        var yaml = (await hub.RunAsync("get", "stack", "store", "-o", "yaml")).MustSucceed().Out;
        Assert.StartsWith("apiVersion: flotilla.dev/v1alpha1\n", yaml, StringComparison.Ordinal);
        Assert.DoesNotContain("managedFields", yaml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_shows_fleets_and_the_sites_that_need_a_look()
    {
        await using var hub = await RunningHub.StartAsync();
        Assert.StartsWith("No fleets.", (await hub.RunAsync("status")).MustSucceed().Out, StringComparison.Ordinal);
        await hub.DeclareStoresAsync();
        await hub.SeeAsync(Kinds.Fleet, "stores", fleet => fleet.Object("status").Member("notEnrolled").AsInt64OrNull() == 3);
        foreach (var site in (string[])["store-1", "store-2", "store-3"])
            await hub.SeeAsync(Kinds.Site, site, obj => obj.Object("status").Array("conditions") is { Count: > 0 });
        var status = (await hub.RunAsync("status", "stores")).MustSucceed().Steady.Split('\n');
        Assert.StartsWith("FLEET           STACK   SITES   IN SYNC   UP TO DATE   HEALTHY   CHANGING   AWAY   SILENT   FAILED   REVISION       STATE", status[0], StringComparison.Ordinal);
        Assert.StartsWith("retail/stores   store   3       0 ", status[1], StringComparison.Ordinal);
        Assert.Contains("no fleet ships", (await hub.RunAsync("status", "ships")).MustEnd(ExitCodes.Failed).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wait_ends_when_the_condition_holds_or_the_time_is_over()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.DeclareStoresAsync();
        Assert.Equal("component/till condition met\n", (await hub.RunAsync("wait", "component/till", "--timeout", "60s")).MustSucceed().Out);
        Assert.Contains("timed out after 100ms waiting for Healthy of site/store-1", (await hub.RunAsync("wait", "site/store-1", "--for", "Healthy", "--timeout", "100ms")).MustEnd(ExitCodes.TimedOut).Error, StringComparison.Ordinal);
        Assert.Contains("there is no site atlantis", (await hub.RunAsync("wait", "site/atlantis")).MustEnd(ExitCodes.Failed).Error, StringComparison.Ordinal);
        Assert.Contains("write a duration", (await hub.RunAsync("wait", "site/store-1", "--timeout", "soon")).MustEnd(ExitCodes.Usage).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("flotilla ", "apply", "describe", "plan", "site")]
    [InlineData("flotilla site ", "enrol", "pause", "remove", "resume")]
    [InlineData("flotilla get -o ", "table", "wide", "json", "yaml", "name")]
    [InlineData("flotilla --kubeconfig KUBECONFIG -n retail logs ", "store-1", "store-2", "store-3")]
    [InlineData("flotilla --kubeconfig KUBECONFIG -n retail describe fleet/", "fleet/stores")]
    [InlineData("flotilla describe ", "component/", "fleet/", "site/", "stack/")]
    public async Task Tab_completes_commands_options_and_names(string line, params string[] wanted)
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.DeclareStoresAsync();
        line = line.Replace("KUBECONFIG", hub.Kubeconfig, StringComparison.Ordinal);
        var suggested = (await CommandResult.OfAsync([$"[suggest:{line.Length}]", line])).MustSucceed().Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Superset(wanted.ToHashSet(), suggested.ToHashSet());
    }

    [Fact]
    public async Task Tab_without_a_hub_is_silent()
    {
        const string Line = "flotilla --kubeconfig /nowhere logs ";
        var suggested = await CommandResult.OfAsync([$"[suggest:{Line.Length}]", Line]);
        Assert.Equal("", suggested.MustSucceed().Error);
        Assert.Contains("_flotilla", (await CommandResult.OfAsync(["completion", "bash"])).MustSucceed().Out, StringComparison.Ordinal);
        (await CommandResult.OfAsync(["completion", "cmd"])).MustEnd(ExitCodes.Usage);
    }
}
