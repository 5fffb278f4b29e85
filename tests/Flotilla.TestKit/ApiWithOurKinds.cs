using System.Text.Json.Nodes;
using Flotilla.Api.Definitions;
using Flotilla.ApiServer;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;

namespace Flotilla.TestKit;

/// <summary>A Kubernetes API inside the test that knows our kinds, spoken to in memory as its administrator.</summary>
public sealed class ApiWithOurKinds : IAsyncDisposable
{
    private readonly KubernetesApi api;
    private readonly HashSet<string> namespaces = ["default"];

    private ApiWithOurKinds(KubernetesApi api)
    {
        this.api = api;
        Client = new KubernetesClient(api.CreateHandler(), api.Address, token: api.Token) { OnWarning = Warnings.Add };
    }

    public KubernetesClient Client { get; }

    /// <summary>Warnings of all answers until now.</summary>
    public List<string> Warnings { get; } = [];

    public static async Task<ApiWithOurKinds> StartAsync(CancellationToken cancellation)
    {
        var started = new ApiWithOurKinds(await KubernetesApi.StartAsync(new KubernetesApiOptions { Listen = false }, cancellation));
        foreach (var definition in CustomResourceDefinitions.All)
            await started.Client.ApplyAsync(definition, Options, cancellation);
        await started.EstablishedAsync(cancellation);
        return started;
    }

    private static ApplyOptions Options { get; } = new() { FieldManager = "test", FieldValidation = "Strict", Force = true };

    private async Task EstablishedAsync(CancellationToken cancellation)
    {
        var waiting = CustomResourceDefinitions.All.Select(definition => definition.Object("metadata").String("name")!).ToHashSet(StringComparer.Ordinal);
        // A watch without a version begins with what is there.
        await foreach (var change in Client.WatchAsync(Definitions, null, new WatchOptions(), cancellation))
        {
            var conditions = change.Object.Object("status").Array("conditions") ?? [];
            if (conditions.Any(condition => condition.String("type") == "Established" && condition.String("status") == "True"))
                waiting.Remove(change.Object.Object("metadata").String("name")!);
            if (waiting.Count == 0)
                return;
        }
    }

    private static ResourceReference Definitions { get; } = new("apiextensions.k8s.io", "v1", "customresourcedefinitions", false, "CustomResourceDefinition");

    /// <summary>Applies an object, and makes its namespace before.</summary>
    /// <exception cref="Kubernetes.Errors.ApiStatusException">The server refused it.</exception>
    public async Task<JsonObject> ApplyAsync(JsonObject obj, CancellationToken cancellation)
    {
        if (obj.Object("metadata").String("namespace") is { } ns && namespaces.Add(ns))
        {
            var made = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = ns } };
            await Client.ApplyAsync(made, Options, cancellation);
        }
        return await Client.ApplyAsync(obj, Options, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await api.DisposeAsync();
    }
}
