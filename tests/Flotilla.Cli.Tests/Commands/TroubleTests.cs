using Flotilla.ApiServer;
using Flotilla.Cli.Commands;

namespace Flotilla.Cli.Tests.Commands;

/// <summary>What users meet before anything works: every message says what to do.</summary>
public sealed class TroubleTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_kubeconfig()
    {
        var result = (await CommandResult.OfAsync(["get", "sites", "--kubeconfig", "/nowhere/kubeconfig"])).MustEnd(ExitCodes.Failed);
        Assert.StartsWith("flotilla: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("/nowhere/kubeconfig", result.Error, StringComparison.Ordinal);
        Assert.Contains("Name the hub's kubeconfig with --kubeconfig FILE or KUBECONFIG", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_context_that_is_not_there()
    {
        await using var hub = await RunningHub.StartAsync();
        Assert.Contains("atlantis", (await hub.RunAsync("get", "sites", "--context", "atlantis")).MustEnd(ExitCodes.Failed).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_that_does_not_run()
    {
        string kubeconfig;
        var folder = Directory.CreateTempSubdirectory("flotilla-cli");
        try
        {
            await using (var hub = await RunningHub.StartAsync())
                File.Copy(hub.Kubeconfig, kubeconfig = Path.Combine(folder.FullName, "kubeconfig"));
            var result = (await CommandResult.OfAsync(["status", "--kubeconfig", kubeconfig])).MustEnd(ExitCodes.Failed);
            Assert.StartsWith("flotilla: the hub's API cannot be reached: ", result.Error, StringComparison.Ordinal);
            Assert.EndsWith("Is the hub running, and is this its kubeconfig?\n", result.Error, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_hub_that_does_not_answer_in_time()
    {
        await using var error = new StringWriter { NewLine = "\n" };
        // What HttpClient says of a connection that took too long, while nobody cancelled.
        var code = await CommandRunner.GuardAsync(() => throw new TaskCanceledException("connecting", new TimeoutException()), error, Cancellation);
        Assert.Equal(ExitCodes.TimedOut, code);
        Assert.StartsWith("flotilla: the hub did not answer in time.\n", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_api_without_a_hub()
    {
        var folder = Directory.CreateTempSubdirectory("flotilla-cli");
        try
        {
            var kubeconfig = Path.Combine(folder.FullName, "kubeconfig");
            await using var api = await KubernetesApi.StartAsync(new KubernetesApiOptions { KubeconfigFile = kubeconfig }, Cancellation);
            Assert.Contains("flotilla hub install", (await CommandResult.OfAsync(["status", "--kubeconfig", kubeconfig])).MustEnd(ExitCodes.Failed).Error, StringComparison.Ordinal);
            Assert.Contains("tells of no hub", (await CommandResult.OfAsync(["logs", "store-1", "--kubeconfig", kubeconfig])).MustEnd(ExitCodes.Failed).Error, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_kind_or_a_command_that_nobody_knows()
    {
        await using var hub = await RunningHub.StartAsync();
        Assert.Contains("starships", (await hub.RunAsync("get", "starships")).MustEnd(ExitCodes.Failed).Error, StringComparison.Ordinal);
        Assert.Contains("names two objects", (await hub.RunAsync("get", "site/store-1", "store-2")).MustEnd(ExitCodes.Usage).Error, StringComparison.Ordinal);
        Assert.Contains("--output xml: choose one of table|wide|json|yaml|name.", (await hub.RunAsync("get", "sites", "-o", "xml")).MustEnd(ExitCodes.Usage).Error, StringComparison.Ordinal);
        (await hub.RunAsync("launch")).MustEnd(ExitCodes.Usage);
    }

    [Fact]
    public async Task Files_that_are_not_there()
    {
        await using var hub = await RunningHub.StartAsync();
        Assert.Equal("flotilla: there is no file or folder /nowhere/a, /nowhere/b\n", (await hub.RunAsync("apply", "-f", "/nowhere/a", "-f", "/nowhere/b")).MustEnd(ExitCodes.Failed).Error);
        Assert.Contains("--filename", (await hub.RunAsync("apply")).MustEnd(ExitCodes.Usage).Error, StringComparison.Ordinal);
    }
}
