namespace Flotilla.Cli.Tests.Commands;

public sealed class DiffTests
{
    [Fact]
    public async Task Shows_lines_and_exits_with_another_code()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.DeclareStoresAsync();
        var newer = hub.Write("newer.yaml", Stores.Yaml("1.1.0"));
        var diff = (await hub.RunAsync("diff", "-f", newer, "--object", "ConfigMap/till")).MustEnd(ExitCodes.Different);
        Assert.Equal(
            """
            # fleet retail/stores, site store-1 (and 2 more sites)
            --- before/v1/ConfigMap/default/till
            +++ after/v1/ConfigMap/default/till
            @@ -1,6 +1,6 @@
             apiVersion: v1
             data:
            -  greeting: hello
            +  greeting: good morning
               tills: "4"
             kind: ConfigMap
             metadata:

            """, diff.Out);
        var one = (await hub.RunAsync("diff", "-f", newer, "--site", "store-2", "--object", "*till*")).MustEnd(ExitCodes.Different);
        Assert.StartsWith("# fleet retail/stores, site store-2\n", one.Out, StringComparison.Ordinal);
        Assert.Contains("   tills: \"2\"\n", one.Out, StringComparison.Ordinal);
        Assert.Equal("", (await hub.RunAsync("diff", "-f", newer, "--object", "ConfigMap/nothing")).MustSucceed().Out);
        Assert.Equal("", (await hub.RunAsync("diff", "-f", hub.Write("same.yaml", Stores.Yaml("1.0.0")))).MustSucceed().Out);
    }

    [Fact]
    public async Task Names_that_are_not_there_are_told()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.DeclareStoresAsync();
        var newer = hub.Write("newer.yaml", Stores.Yaml("1.1.0"));
        Assert.Contains("no fleet ships", (await hub.RunAsync("diff", "-f", newer, "--fleet", "ships")).MustEnd(ExitCodes.Failed).Error, StringComparison.Ordinal);
        Assert.Contains("a site store-7", (await hub.RunAsync("diff", "-f", newer, "--site", "store-7")).MustEnd(ExitCodes.Failed).Error, StringComparison.Ordinal);
    }
}
