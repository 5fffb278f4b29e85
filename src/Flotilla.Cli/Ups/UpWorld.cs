using System.Net;
using System.Text.Json.Nodes;
using Flotilla.Cli.Declarations;
using Flotilla.Cli.Hubs;
using Flotilla.Core.Declarations;
using Flotilla.Hub.Hosting;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;
using Flotilla.Simulation.Sites;

namespace Flotilla.Cli.Ups;

/// <summary>A hub and simulated sites in this process, kept in one folder.</summary>
internal sealed class UpWorld : IAsyncDisposable
{
    private static readonly ApplyOptions Apply = new() { FieldManager = "flotilla-cli", Force = true };
    private readonly UpOptions options;
    private readonly LocalEndpoints endpoints;
    private SimulatedFleet? sites;

    private UpWorld(UpOptions options, LocalEndpoints endpoints, HubHost hub)
    {
        this.options = options;
        this.endpoints = endpoints;
        Hub = hub;
    }

    public HubHost Hub { get; }

    /// <summary>Number of simulated sites.</summary>
    public int Sites => sites?.Sites.Count ?? 0;

    public string KubeconfigFile => KubeconfigOf(options);

    private string SitesKubeconfigFile => Path.Combine(options.Folder, "sites.kubeconfig");

    /// <summary>Starts everything, and tells each step.</summary>
    /// <exception cref="IOException">A port is taken, or the folder is in use or damaged.</exception>
    /// <exception cref="CommandException">The declarations have problems.</exception>
    public static async Task<UpWorld> StartAsync(UpOptions options, TextWriter output, CancellationToken cancellation)
    {
        Directory.CreateDirectory(options.Folder);
        var endpoints = await LocalEndpoints.OpenAsync(options.Folder, cancellation);
        output.WriteLine("Starting the hub …");
        var hub = await HubHost.StartAsync(
            new HubOptions
            {
                DataFolder = Path.Combine(options.Folder, "hub"),
                ApiPort = endpoints.Api,
                Listen = new IPEndPoint(IPAddress.Loopback, endpoints.Gateway),
                KubeconfigFile = KubeconfigOf(options),
            },
            cancellation);
        var world = new UpWorld(options, endpoints, hub);
        try
        {
            await world.DeclareAsync(output, cancellation);
            await world.StartSitesAsync(output, cancellation);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>Says where things are, and what can be done now.</summary>
    public void Introduce(TextWriter output) => output.WriteLine($"""

        Kubernetes API   {Hub.ApiAddress}
        kubeconfig       {KubeconfigFile}
        gateway          {Hub.Gateway.Address}
        sites' clusters  {SitesKubeconfigFile} (a context for each site)

        Look from another terminal:
          export KUBECONFIG={KubeconfigFile}
          flotilla status
          kubectl get fleets,sites -A
          flotilla logs store-0001 -n retail
          kubectl --kubeconfig {SitesKubeconfigFile} --context store-0001 get deployments -A
        Attach a real cluster:
          flotilla site enrol my-shop -n retail --label kind=store

        """);

    /// <summary>Nothing ends by itself: fails when hub or an agent did.</summary>
    public async Task ThrowIfBrokenAsync()
    {
        if (Hub.Completion.IsCompleted)
            await Hub.Completion;
        if (sites?.Sites.FirstOrDefault(s => s.Running.IsFaulted) is { } broken)
            throw new CommandException($"the agent of {broken.Name} broke off: {broken.Running.Exception!.GetBaseException().Message}", inner: broken.Running.Exception);
    }

    public async ValueTask DisposeAsync()
    {
        if (sites is not null)
            await sites.DisposeAsync();
        await Hub.DisposeAsync();
    }

    private static string KubeconfigOf(UpOptions options) => Path.Combine(options.Folder, "kubeconfig");

    private async Task DeclareAsync(TextWriter output, CancellationToken cancellation)
    {
        var files = options.From.Count == 0 ? Samples.Read() : await DeclarationFiles.ReadAsync(options.From, Console.OpenStandardInput, cancellation);
        var set = DeclarationReader.Read(files, new DeclarationContext { Files = DeclarationFiles.Find, Today = DateOnly.FromDateTime(DateTime.UtcNow) });
        foreach (var problem in set.Problems)
            output.WriteLine(problem.ToString());
        if (!set.IsValid)
            throw new CommandException("the declarations have problems; nothing was declared", ExitCodes.Refused);
        foreach (var content in set.Uploads.Values)
            await Hub.Content.WriteAsync(content, cancellation);
        var plans = Archetypes.Mixed(options.Sites);
        var namespaces = plans.Select(p => p.Name.Namespace).Distinct().Select(Namespace);
        var objects = namespaces.Concat(DeclarationOrder.Sort(set.Objects.Concat(plans.Select(p => p.ToObject())))).ToList();
        output.WriteLine($"Declaring {objects.Count} objects, {plans.Count} sites among them …");
        foreach (var obj in objects)
            await DeclareAsync(obj, cancellation);
    }

    /// <summary>What is there already is left as people have changed it, unless they named declarations of their own.</summary>
    private async Task DeclareAsync(JsonObject obj, CancellationToken cancellation)
    {
        if (options.From.Count == 0)
        {
            var resource = await Hub.Api.Resources.ResolveAsync(obj.String("apiVersion")!, obj.String("kind")!, cancellation);
            var key = ObjectKey.Of(obj);
            if (await Hub.Api.GetAsync(resource, resource.Namespaced ? key.Namespace : null, key.Name, cancellation) is not null)
                return;
        }
        await Hub.Api.ApplyAsync(obj, Apply, cancellation);
    }

    private async Task StartSitesAsync(TextWriter output, CancellationToken cancellation)
    {
        output.WriteLine("Starting the sites …");
        sites = await SimulatedFleet.OpenAsync(
            Archetypes.Mixed(options.Sites),
            new SimulatedFleetOptions
            {
                Hub = Hub.Gateway.CreateHandler,
                HubAddress = Hub.Gateway.Address,
                Token = Hub.NewTokenAsync,
                DataFolder = Path.Combine(options.Folder, "sites"),
                ClustersPort = endpoints.Clusters,
                KubeconfigFile = SitesKubeconfigFile,
                WithLatency = true,
                Seed = Environment.ProcessId,
            },
            cancellation);
        await sites.StartAsync(cancellation);
    }

    private static JsonObject Namespace(string name) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Namespace",
        ["metadata"] = new JsonObject { ["name"] = name },
    };
}
