using Flotilla.TestKit;

namespace Flotilla.EndToEnd.Hubs;

/// <summary>What <c>flotilla hub install</c> prints, applied by kubectl.</summary>
public sealed class HubInstallTests(SharedServer server) : KubectlTests(server)
{
    [Fact]
    public async Task What_is_printed_is_applied_whole_and_a_second_time_changes_nothing()
    {
        var manifest = await PrintAsync("--image", "example.com/flotilla:1", "--advertise", "https://hub.example.com:8443");
        var applied = (await Does("apply --server-side --validate=strict -f -", manifest)).Split('\n');
        Assert.All(applied, line => Assert.EndsWith(" serverside-applied", line, StringComparison.Ordinal));
        Assert.Contains("deployment.apps/flotilla-hub serverside-applied", applied);
        Assert.Contains("clusterrole.rbac.authorization.k8s.io/flotilla-edit serverside-applied", applied);
        await Does("wait --for=condition=Established --timeout=60s crd/sites.flotilla.dev crd/fleets.flotilla.dev crd/stacks.flotilla.dev crd/components.flotilla.dev");
        Assert.Equal("", await Does("diff --server-side -f -", manifest));
        Assert.Equal("example.com/flotilla:1", await Does("get deployment flotilla-hub -n flotilla-system -o jsonpath={.spec.template.spec.containers[0].image}"));
        Assert.Equal("yes", await Does("auth can-i patch sites.flotilla.dev --as system:serviceaccount:flotilla-system:flotilla-hub -A"));
        Assert.Equal("no", (await Tries("auth can-i create pods --as system:serviceaccount:flotilla-system:flotilla-hub -n flotilla-system")).Output.Trim());
    }

    private async Task<string> PrintAsync(params string[] options)
    {
        var result = await new Tool(ServerProcess.Executable).RunAsync(Cancellation, ["hub", "install", .. options]);
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output;
    }
}
