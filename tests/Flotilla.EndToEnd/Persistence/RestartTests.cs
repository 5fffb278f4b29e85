using System.Text.Json.Nodes;
using Flotilla.EndToEnd.Commands;
using Flotilla.TestKit;

namespace Flotilla.EndToEnd.Persistence;

/// <summary>A server that is stopped, or killed, and started again on its data.</summary>
public sealed class RestartTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("flotilla-data");
    private readonly CancellationTokenSource cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public RestartTests()
    {
        Assert.SkipUnless(Kubectl.IsInstalled, Kubectl.IsMissing);
        cancellation.CancelAfter(TimeSpan.FromMinutes(3));
    }

    private CancellationToken Cancellation => cancellation.Token;

    public void Dispose()
    {
        cancellation.Dispose();
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("SIGTERM")]
    [InlineData("SIGINT")]
    [InlineData("SIGKILL")]
    public async Task Objects_types_and_revisions_survive(string signal)
    {
        int port;
        string before;
        await using (var server = await StartAsync(0))
        {
            port = server.Address.Port;
            var kubectl = server.Kubectl();
            await kubectl.RunAsync(Documents.Definition, Cancellation, "create", "-f", "-");
            await kubectl.RunAsync(Cancellation, "wait", "--for=condition=Established", "crd/boats.harbour.example.com", "--timeout=60s");
            await kubectl.RunAsync(Documents.Boat, Cancellation, "create", "-f", "-");
            await kubectl.RunAsync(Documents.ConfigMap, Cancellation, "create", "-f", "-");
            before = await kubectl.RunAsync(Cancellation, "get", "cm,boats,crd,sa,ns", "-A", "-o", "json");
            await EndAsync(server, signal);
        }

        // The kubeconfig of the first server: address, authority and token are as they were.
        var kubeconfig = Path.Combine(folder.FullName, "kept");
        File.Copy(Path.Combine(folder.FullName, "kubeconfig"), kubeconfig);
        await using var again = await StartAsync(port);
        var client = new Kubectl(kubeconfig, folder.FullName);
        Assert.Equal(before, await client.RunAsync(Cancellation, "get", "cm,boats,crd,sa,ns", "-A", "-o", "json"));
        await client.RunAsync(Cancellation, "scale", "boat", "anna", "--replicas=3");
        await client.RunAsync(Cancellation, "patch", "cm", "settings", "--type=merge", "-p", """{"data": {"a": "2"}}""");
        await EndAsync(again, "SIGTERM");
    }

    [Fact]
    public async Task A_watch_goes_on_from_the_last_revision()
    {
        string revision;
        await using (var server = await StartAsync(0))
        {
            var kubectl = server.Kubectl();
            await kubectl.RunAsync(Documents.ConfigMap, Cancellation, "create", "-f", "-");
            revision = await kubectl.RunAsync(Cancellation, "get", "--raw", "/api/v1/configmaps?limit=1");
            revision = JsonNode.Parse(revision)!["metadata"]!["resourceVersion"]!.GetValue<string>();
            await EndAsync(server, "SIGTERM");
        }
        await using var again = await StartAsync(0);
        await again.Kubectl().RunAsync(Cancellation, "label", "cm", "settings", "seen=after", "--overwrite");
        using var client = again.CreateClient();
        using var stream = new StreamReader(await client.GetStreamAsync(
            $"/api/v1/namespaces/default/configmaps?watch=true&resourceVersion={revision}&fieldSelector=metadata.name%3Dsettings", Cancellation));
        Assert.Contains("\"seen\":\"after\"", await stream.ReadLineAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Virtual_clusters_see_nothing_of_each_other_and_survive()
    {
        await using (var server = await StartAsync(0, "--clusters", "3"))
        {
            var (main, first, second) = (server.Kubectl(), server.Kubectl("cluster-1"), server.Kubectl("cluster-2"));
            await first.RunAsync(Documents.Definition, Cancellation, "create", "-f", "-");
            await first.RunAsync(Cancellation, "wait", "--for=condition=Established", "crd/boats.harbour.example.com", "--timeout=60s");
            await first.RunAsync(Documents.Boat, Cancellation, "create", "-f", "-");
            await first.RunAsync(Documents.ConfigMap, Cancellation, "create", "-f", "-");

            foreach (var other in new[] { main, second })
            {
                Assert.Contains("doesn't have a resource type", await other.FailAsync(Cancellation, "get", "boats"), StringComparison.Ordinal);
                Assert.Equal("", await other.RunAsync(Cancellation, "get", "cm", "-o", "name"));
                Assert.Equal("", await other.RunAsync(Cancellation, "get", "crd", "-o", "name"));
            }
            Assert.NotEqual(
                await first.RunAsync(Cancellation, "get", "ns", "kube-system", "-o", "jsonpath={.metadata.uid}"),
                await second.RunAsync(Cancellation, "get", "ns", "kube-system", "-o", "jsonpath={.metadata.uid}"));
            var contexts = await main.RunAsync(Cancellation, "config", "get-contexts", "-o", "name");
            Assert.Equal(4, contexts.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
            await EndAsync(server, "SIGKILL");
        }
        await using var again = await StartAsync(0, "--clusters", "3");
        Assert.Equal("boat.harbour.example.com/anna\n", await again.Kubectl("cluster-1").RunAsync(Cancellation, "get", "boats", "-o", "name"));
        Assert.Equal("", await again.Kubectl("cluster-3").RunAsync(Cancellation, "get", "cm", "-o", "name"));
    }

    private Task<ServerProcess> StartAsync(int port, params string[] arguments) =>
        ServerProcess.StartInAsync(folder.FullName, port, Cancellation, ["--data", Path.Combine(folder.FullName, "data"), .. arguments]);

    private async Task EndAsync(ServerProcess server, string signal)
    {
        if (signal == "SIGTERM")
            server.Process.Terminate();
        else if (signal == "SIGINT")
            server.Process.Interrupt();
        else
            server.Process.Kill();
        var code = await server.Process.ExitAsync(Cancellation);
        Assert.True(signal == "SIGKILL" ? code == 137 : code == 0, $"exit code {code}\n{server.Log}");
    }
}
