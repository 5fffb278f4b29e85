using System.Text.Json.Nodes;
using Flotilla.EndToEnd.Fleets;
using Flotilla.Kubernetes.Json;
using Flotilla.TestKit;

namespace Flotilla.EndToEnd.Links;

/// <summary>A hub in one network, a ship with clusters and agents in another, and a bad line between them; every part is a process of its own.</summary>
internal sealed class ToxicGround : IAsyncDisposable
{
    private const string HubAddress = "10.77.0.1";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("flotilla-toxic");
    private readonly List<RunningTool> running = [];
    private readonly List<NetworkNamespace> networks = [];

    private ToxicGround()
    {
    }

    public ILine Line { get; private set; } = null!;

    public NetworkNamespace Shore => networks[0];

    public NetworkNamespace Ship => networks[1];

    public string HubFolder => Path.Combine(folder.FullName, "hub");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string HubKubeconfig => Path.Combine(HubFolder, "kubeconfig");

    private string ClusterKubeconfig => Path.Combine(folder.FullName, "clusters");

    /// <exception cref="InvalidOperationException">A part did not start; the message has its log.</exception>
    public static async Task<ToxicGround> StartAsync(int sites, LineQuality quality)
    {
        var obstacle = await NetworkNamespace.ObstacleAsync(Cancelled);
        Assert.SkipWhen(obstacle is not null, obstacle ?? "");
        Assert.SkipUnless(Kubectl.IsInstalled, Kubectl.IsMissing);
        Assert.SkipWhen(RealStack.Folder is null, "the published manifests are not beside the checkout");
        var ground = new ToxicGround();
        try
        {
            await ground.BuildAsync(sites, quality);
            return ground;
        }
        catch
        {
            await ground.DisposeAsync();
            throw;
        }
    }

    public async Task<string> FlotillaAsync(params string[] arguments) =>
        await Shore.RunAsync(Cancelled, "env", [$"KUBECONFIG={HubKubeconfig}", ServerProcess.Executable, .. arguments, "-n", RealStack.Namespace]);

    public Task<string> KubectlAtAsync(int site, params string[] arguments) =>
        Ship.RunAsync(Cancelled, "kubectl", ["--kubeconfig", ClusterKubeconfig, "--context", $"cluster-{site}", .. arguments]);

    public async Task ApplyAsync(params IEnumerable<JsonObject> objects)
    {
        var file = Path.Combine(folder.FullName, "declared.yaml");
        await File.WriteAllTextAsync(file, string.Join("\n---\n", objects.Select(o => o.ToJsonString())), Cancelled);
        await FlotillaAsync("apply", "-f", file);
    }

    public async Task EnrolAsync(int site, string agent)
    {
        var answer = JsonNode.Parse(await FlotillaAsync("site", "enrol", FleetGround.Site(site), "--label", "kind=store", "-o", "json"));
        running.Add(Ship.Start(
            agent, "run", "--state", Path.Combine(folder.FullName, $"agent-{site}"), "--kubeconfig", ClusterKubeconfig, "--context", $"cluster-{site}",
            "--hub", answer.String("hub")!, "--token", answer.String("token")!));
    }

    /// <summary>Waits until the fleet's sites all run what is declared last.</summary>
    /// <param name="before">The revision before the change; null when there was none.</param>
    /// <returns>The revision.</returns>
    public async Task<string> ConvergedAsync(string? before)
    {
        await using var watching = Shore.Start(
            "kubectl", "--kubeconfig", HubKubeconfig, "get", "fleet", "stores", "-n", RealStack.Namespace, "--watch",
            "-o", "jsonpath={.status.revision.current} {.status.conditions[?(@.type==\"Ready\")].status}{\"\\n\"}");
        var line = await watching.LineAsync(l => l.Split(' ') is [{ Length: > 0 } current, "True"] && current != before, Cancelled);
        return line.Split(' ')[0];
    }

    /// <summary>The release that a site shall run.</summary>
    public async Task<string> ReleaseAsync(int site) => (await Shore.RunAsync(
        Cancelled, "kubectl", "--kubeconfig", HubKubeconfig, "get", "site", FleetGround.Site(site), "-n", RealStack.Namespace, "-o", "jsonpath={.status.target.release}")).Trim();

    public string Log => string.Join('\n', running.Select(r => string.Join('\n', r.Log.Split('\n').TakeLast(40))));

    public async ValueTask DisposeAsync()
    {
        foreach (var one in running)
            await one.DisposeAsync();
        if (Line is not null)
            await Line.DisposeAsync();
        foreach (var network in networks)
            await network.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private async Task BuildAsync(int sites, LineQuality quality)
    {
        networks.Add(await NetworkNamespace.AddAsync($"flotilla-shore-{Environment.ProcessId}", Cancelled));
        networks.Add(await NetworkNamespace.AddAsync($"flotilla-ship-{Environment.ProcessId}", Cancelled));
        Line = await NetemLine.LayAsync(Shore, Ship, quality, Cancelled) ?? await TryTunAsync(quality);
        foreach (var file in Directory.GetFiles(RealStack.Folder!, "*.yaml", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder.FullName, Path.GetRelativePath(RealStack.Folder!, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        await StartAsync(Shore, "gateway at ", "hub", "--data", HubFolder, "--listen", $"{HubAddress}:8443", "--advertise", $"https://{HubAddress}:8443", "--api-port", "6443", "--offline");
        await StartAsync(
            Ship, "Kubernetes API at ", "apiserver", "--port", "0", "--token", ServerProcess.Token, "--kubeconfig-out", ClusterKubeconfig, "--memory",
            "--clusters", $"{sites}", "--simulate-workloads", "--ready-after", "300ms");
        await ApplyAsync(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = RealStack.Namespace } });
    }

    private async Task<ILine> TryTunAsync(LineQuality quality)
    {
        try
        {
            return await TunLine.LayAsync(Shore, Ship, quality, Cancelled);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            Assert.Skip($"this kernel has no netem, and TUN devices cannot take its place: {e.Message}");
            throw;
        }
    }

    private async Task StartAsync(NetworkNamespace network, string ready, params string[] arguments)
    {
        var process = network.Start(ServerProcess.Executable, arguments);
        running.Add(process);
        await process.LineAsync(line => line.StartsWith(ready, StringComparison.Ordinal), Cancelled);
    }
}
