using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Api;
using Flotilla.EndToEnd.Agents;
using Flotilla.Hub.Ledger;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;
using Flotilla.TestKit;

namespace Flotilla.EndToEnd.Fleets;

/// <summary>A hub, one server for the clusters of all sites, and their agents: each a process of its own.</summary>
internal sealed class FleetGround : IAsyncDisposable
{
    private const string Namespace = RealStack.Namespace;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("flotilla-fleet");
    private readonly List<AgentProcess> agents = [];
    private readonly List<CountingProxy> lines = [];
    private GroundOptions options = new();
    private ServerProcess clusters = null!;
    private string kubeconfig = "";

    private FleetGround()
    {
    }

    public HubProcess Hub { get; private set; } = null!;

    public IReadOnlyList<AgentProcess> Agents => agents;

    /// <summary>The line of each site to the hub, where the ground has such.</summary>
    public IReadOnlyList<CountingProxy> Lines => lines;

    public string Folder => folder.FullName;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>A hub with all in its folder, on ports that it keeps.</summary>
    public static Task<FleetGround> StartAsync(int sites, GroundOptions? options = null) => StartAsync(sites, null, [], options);

    /// <summary>A hub that keeps nothing itself but keys and content.</summary>
    public static Task<FleetGround> StartAsync(int sites, ServerProcess api, string ledger) =>
        StartAsync(sites, api.Kubeconfig, ["--kubeconfig", api.Kubeconfig, "--ledger", ledger]);

    /// <summary>The name of a site, from 1.</summary>
    public static string Site(int number) => $"store-{number}";

    /// <summary>kubectl at the hub.</summary>
    public Kubectl Kubectl() => new Kubectl(kubeconfig, folder.FullName).With("--namespace", Namespace);

    /// <summary>kubectl at a site.</summary>
    public Kubectl KubectlAt(int site) => clusters.Kubectl($"cluster-{site}");

    /// <summary>The command line, as the hub's administrator.</summary>
    public Tool Flotilla => Run(ServerProcess.Executable);

    /// <summary>A shell in the folder of the ground, where <c>./flotilla</c> and kubectl speak to the hub.</summary>
    public Tool Shell
    {
        get
        {
            var flotilla = Path.Combine(Folder, "flotilla");
            if (!File.Exists(flotilla))
                File.CreateSymbolicLink(flotilla, ServerProcess.Executable);
            return Run("bash");
        }
    }

    public async Task<string> FlotillaAsync(params string[] arguments) =>
        (await Flotilla.RunAsync(Cancelled, [.. arguments, "-n", Namespace])).MustSucceed().Output;

    /// <summary>Declares objects with <c>flotilla apply</c>.</summary>
    public async Task ApplyAsync(params IEnumerable<JsonObject> objects) => (await RunApplyAsync(objects)).MustSucceed();

    /// <summary>The same where the hub may be gone.</summary>
    /// <returns>Whether it is declared.</returns>
    public async Task<bool> TryApplyAsync(params IEnumerable<JsonObject> objects) => (await RunApplyAsync(objects)).ExitCode == 0;

    /// <summary>What the hub has of the journal of a site.</summary>
    public async Task<IReadOnlyList<StoredEntry>> JournalAsync(int site) =>
    [
        .. (await FlotillaAsync("logs", Site(site), "-o", "json")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!)
            .Select(line => new StoredEntry(line.Member("position").AsInt64OrNull() ?? 0, line.String("journal")!, default, line["entry"].Deserialize(ApiJson.Default.JournalEntry)!)),
    ];

    /// <summary>A client for the API at the hub.</summary>
    public KubernetesClient Client() => new(Kubeconfig.Load(kubeconfig, null));

    /// <summary>Makes a site, and starts its agent.</summary>
    public async Task EnrolAsync(int number)
    {
        var answer = JsonNode.Parse(await FlotillaAsync("site", "enrol", Site(number), "--label", "kind=store", "-o", "json"));
        var agent = new AgentProcess(Path.Combine(folder.FullName, "agents", Site(number)), clusters.Kubeconfig, $"cluster-{number}");
        agents.Add(agent);
        var hub = new Uri(answer.String("hub")!);
        if (options.HasLines)
        {
            lines.Add(new CountingProxy(hub));
            hub = lines[^1].Address;
        }
        agent.Start("--hub", hub.GetLeftPart(UriPartial.Authority), "--token", answer.String("token")!);
    }

    /// <summary>Waits until all sites of a fleet run the revision of what is declared last, and are well.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="before">The revision before the change; null when there was none.</param>
    /// <returns>The revision.</returns>
    public async Task<string> ConvergedAsync(string fleet, string? before)
    {
        using var api = Client();
        var said = await SeeAsync(api, Resource("fleets", "Fleet"), Namespace, fleet, seen =>
            seen.Object("status").Object("revision").String("current") is { } current && current != before
            && (seen.Object("status").Array("conditions") ?? []).Any(c => c.String("type") == "Ready" && c.String("status") == "True"));
        return said.Object("status").Object("revision").String("current")!;
    }

    /// <summary>Waits, by a watch, until an object is as wanted.</summary>
    public async Task<JsonObject> SeeAsync(KubernetesClient api, ResourceReference resource, string? ns, string name, Predicate<JsonObject> wanted)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(Patience);
        JsonObject? last = null;
        while (true)
        {
            try
            {
                await foreach (var change in api.WatchAsync(resource, ns, new WatchOptions { FieldSelector = $"metadata.name={name}" }, limit.Token))
                {
                    if (change.Type is WatchEventType.Added or WatchEventType.Modified && wanted(last = change.Object))
                        return change.Object;
                }
            }
            catch (HttpRequestException)
            {
                // The connection broke: begin again.
            }
            catch (OperationCanceledException) when (!Cancelled.IsCancellationRequested)
            {
                throw new InvalidOperationException($"{resource.Kind} {name} is not as wanted after {Patience}: {last?.ToJsonString()}\n{await DescribeAsync()}");
            }
        }
    }

    /// <summary>A client for the cluster of a site.</summary>
    public KubernetesClient ClientAt(int site) => new(Kubeconfig.Load(clusters.Kubeconfig, $"cluster-{site}"));

    /// <summary>Follows the journal that the hub has of a site until a line fits.</summary>
    public async Task SeeInJournalAsync(int site, Predicate<string> fits)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(Patience);
        await using var following = Flotilla.Run("logs", Site(site), "--follow", "-o", "json", "-n", Namespace);
        try
        {
            await following.LineAsync(fits, limit.Token);
        }
        catch (OperationCanceledException) when (!Cancelled.IsCancellationRequested)
        {
            throw new InvalidOperationException($"not in the journal of {Site(site)} after {Patience}:\n{following.Log}\n{await DescribeAsync()}");
        }
    }

    /// <summary>Everything that helps to see why something did not happen.</summary>
    public async Task<string> DescribeAsync()
    {
        var status = await Flotilla.RunAsync(Cancelled, "status", "-n", Namespace);
        var sites = await Kubectl().TryAsync(Cancelled, "get", "sites,fleets,stacks", "-o", "jsonpath={range .items[*]}{.kind} {.metadata.name}: {.status}{\"\\n\"}{end}");
        return $"{status}\n{sites}\n{Tail(Hub.Log)}\n{string.Join("\n", agents.Select(a => Tail(a.Log)))}\n{Tail(clusters.Log)}";
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var agent in agents)
            await agent.DisposeAsync();
        foreach (var line in lines)
            await line.DisposeAsync();
        if (Hub is not null)
            await Hub.DisposeAsync();
        if (clusters is not null)
            await clusters.DisposeAsync();
        folder.Delete(recursive: true);
    }

    public static ResourceReference Resource(string plural, string kind) => new("flotilla.dev", "v1alpha1", plural, true, kind);

    private async Task<ToolResult> RunApplyAsync(IEnumerable<JsonObject> objects)
    {
        var file = Path.Combine(folder.FullName, "declared.json");
        await File.WriteAllTextAsync(file, string.Join("\n---\n", objects.Select(o => o.ToJsonString())), Cancelled);
        File.Move(file, Path.ChangeExtension(file, "yaml"), overwrite: true);
        return await Flotilla.RunAsync(Cancelled, "apply", "-f", Path.ChangeExtension(file, "yaml"), "-n", Namespace);
    }

    private Tool Run(string program) => new(program)
    {
        Folder = Folder,
        Environment = new Dictionary<string, string?> { ["KUBECONFIG"] = kubeconfig, ["KUBERC"] = "off", ["KUBECACHEDIR"] = Path.Combine(Folder, "cache") },
    };

    private static JsonObject Place(int number, JsonObject link) => new()
    {
        ["apiVersion"] = "flotilla.dev/v1alpha1",
        ["kind"] = "Site",
        ["metadata"] = new JsonObject { ["name"] = Site(number), ["namespace"] = Namespace, ["labels"] = new JsonObject { ["kind"] = "store" } },
        ["spec"] = new JsonObject { ["link"] = link.DeepClone() },
    };

    private static string Tail(string log) => string.Join('\n', log.Split('\n').TakeLast(40));

    private static async Task<FleetGround> StartAsync(int sites, string? api, string[] arguments, GroundOptions? options = null)
    {
        Assert.SkipUnless(TestKit.Kubectl.IsInstalled, TestKit.Kubectl.IsMissing);
        Assert.SkipWhen(RealStack.Folder is null, "the published manifests are not beside the checkout");
        var ground = new FleetGround { options = options ?? new GroundOptions() };
        try
        {
            foreach (var file in Directory.GetFiles(RealStack.Folder, "*.yaml", SearchOption.AllDirectories))
            {
                var copy = Path.Combine(ground.Folder, Path.GetRelativePath(RealStack.Folder, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }
            var data = Path.Combine(ground.Folder, "hub");
            ground.kubeconfig = api ?? Path.Combine(data, "kubeconfig");
            ground.Hub = new HubProcess(data, arguments);
            ground.Hub.KeepPorts();
            var hub = ground.Hub.StartAsync(Cancelled);
            ground.clusters = await ServerProcess.StartAsync(Cancelled, ["--memory", "--clusters", $"{sites}", "--simulate-workloads", "--ready-after", "300ms", .. ground.options.Clusters]);
            await hub;
            var links = ground.options.Link is { } link ? Enumerable.Range(1, sites).Select(i => Place(i, link)) : [];
            await ground.ApplyAsync([new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = Namespace } }, .. links]);
            for (var i = 1; i <= sites; i++)
                await ground.EnrolAsync(i);
            return ground;
        }
        catch
        {
            await ground.DisposeAsync();
            throw;
        }
    }
}
