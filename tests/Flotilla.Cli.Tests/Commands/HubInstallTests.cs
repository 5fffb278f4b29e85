using Flotilla.Kubernetes.Client;

namespace Flotilla.Cli.Tests.Commands;

public sealed class HubInstallTests
{
    [Fact]
    public async Task Applied_it_is_there_in_the_namespace_that_was_named()
    {
        await using var ground = await RunningHub.StartAsync();
        var result = (await ground.RunAsync("hub", "install", "--apply")).MustSucceed();
        Assert.Contains("deployment/flotilla-hub in retail applied\n", result.Out, StringComparison.Ordinal);
        var deployments = new ResourceReference("apps", "v1", "deployments", true, "Deployment");
        Assert.NotNull(await ground.Hub.Api.GetAsync(deployments, "retail", "flotilla-hub", TestContext.Current.CancellationToken));
        (await ground.RunAsync("hub", "install", "--apply")).MustSucceed();
    }

    [Theory]
    [InlineData("--namespace", "Not.A.Name", "lower-case")]
    [InlineData("--advertise", "http://hub.example.com", "https://")]
    public async Task A_wrong_word_prints_nothing(string option, string value, string remedy)
    {
        var result = (await CommandResult.OfAsync(["hub", "install", option, value])).MustEnd(ExitCodes.Usage);
        Assert.Empty(result.Out);
        Assert.Contains(remedy, result.Error, StringComparison.Ordinal);
    }
}
