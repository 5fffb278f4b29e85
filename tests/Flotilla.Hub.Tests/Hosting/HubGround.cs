using System.Text.Json.Nodes;
using Flotilla.Api.Sites;
using Flotilla.Hub.Hosting;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;

namespace Flotilla.Hub.Tests.Hosting;

/// <summary>A whole hub in memory, with declarations and sites.</summary>
internal sealed class HubGround : IAsyncDisposable
{
    private static readonly ResourceReference Sites = new("flotilla.dev", "v1alpha1", "sites", true, "Site");
    private readonly List<FakeSite> sites = [];

    private HubGround(HubHost hub, KubernetesClient api) => (Hub, Api) = (hub, api);

    public HubHost Hub { get; }

    /// <summary>The hub's API as those who declare use it.</summary>
    private KubernetesClient Api { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<HubGround> StartAsync(HubOptions? options = null, KubernetesClient? api = null)
    {
        var hub = await HubHost.StartAsync(options ?? new HubOptions { Online = false }, Cancellation);
        var ground = new HubGround(hub, api ?? hub.Api);
        await ground.ApplyAsync("apiVersion: v1\nkind: Namespace\nmetadata: {name: retail}\n");
        return ground;
    }

    /// <summary>Declarations for a hub that somebody else runs; sites are theirs, too.</summary>
    public static HubGround Of(HubHost hub) => new(hub, hub.Api);

    public async ValueTask DisposeAsync()
    {
        foreach (var site in sites)
            site.Dispose();
        await Hub.DisposeAsync();
    }

    public async Task ApplyAsync(string yaml)
    {
        foreach (var document in YamlReader.ReadAll(System.Text.Encoding.UTF8.GetBytes(yaml)))
        {
            if (document.Content is JsonObject obj)
                await Api.ApplyAsync(obj, new ApplyOptions { FieldManager = "test", Force = true }, Cancellation);
        }
    }

    /// <summary>A component with a ConfigMap, a stack of it, and a fleet that runs it.</summary>
    public Task DeclareFleetAsync(string greeting = "hello", string maxConcurrent = "100%", string extra = "", string? rollout = null, string name = "stores") => ApplyAsync($$"""
        apiVersion: flotilla.dev/v1alpha1
        kind: Component
        metadata: {name: till, namespace: retail}
        spec:
          role: application
          versions:
          - version: 1.0.0
            source:
              inline: |
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: till, namespace: default}
                data: {greeting: "${greeting}"}
            parameters: [{name: greeting, type: string, default: hello}]
        ---
        apiVersion: flotilla.dev/v1alpha1
        kind: Stack
        metadata: {name: store, namespace: retail}
        spec:
          slots:
          - role: application
            use:
            - component: till
              version: 1.0.0
              values:
              - name: greeting
                value: "{{greeting}}"
        ---
        apiVersion: flotilla.dev/v1alpha1
        kind: Fleet
        metadata: {name: {{name}}, namespace: retail}
        spec:
          selector:
            matchLabels: {kind: store}
          stack: store
          {{rollout ?? $"rollout: {{waves: [{{name: all}}], maxConcurrent: \"{maxConcurrent}\"}}"}}
          {{extra}}
        """);

    public Task DeclareSiteAsync(string name, string spec = "{}") => ApplyAsync($$"""
        apiVersion: flotilla.dev/v1alpha1
        kind: Site
        metadata:
          name: {{name}}
          namespace: retail
          labels: {kind: store}
        spec: {{spec}}
        """);

    /// <summary>Asks something of a rollout, as kubectl patch does.</summary>
    public Task PatchRolloutAsync(string name, string patch) => Api.PatchAsync(
        new ResourceReference("flotilla.dev", "v1alpha1", "rollouts", true, "Rollout"), "retail", name, PatchKind.Merge, JsonNode.Parse(patch)!, new PatchOptions { FieldManager = "test" }, Cancellation);

    public async Task<FakeSite> EnrolAsync(string name, string spec = "{}")
    {
        await DeclareSiteAsync(name, spec);
        var site = new FakeSite(Hub, new SiteName("retail", name));
        sites.Add(site);
        await site.EnrolAsync();
        await site.SyncAsync();
        return site;
    }

    /// <summary>Waits, by a watch, until an object is as wanted.</summary>
    public async Task<JsonObject> SeeAsync(string kind, string name, Func<JsonObject, bool> wanted)
    {
        var resource = new ResourceReference("flotilla.dev", "v1alpha1", $"{kind.ToLowerInvariant()}s", true, kind);
        while (true)
        {
            await foreach (var change in Api.WatchAsync(resource, "retail", new WatchOptions { FieldSelector = $"metadata.name={name}" }, Cancellation))
            {
                if (change.Type is WatchEventType.Added or WatchEventType.Modified && wanted(change.Object))
                    return change.Object;
            }
        }
    }

    /// <summary>Deletes a site's object, and waits until it is gone.</summary>
    public async Task RemoveSiteAsync(string name)
    {
        var list = await Api.ListAsync(Sites, "retail", ListOptions.All, Cancellation);
        await Api.DeleteAsync(Sites, "retail", name, DeleteOptions.Default, Cancellation);
        var watch = new WatchOptions { FieldSelector = $"metadata.name={name}", ResourceVersion = list.ResourceVersion };
        await foreach (var change in Api.WatchAsync(Sites, "retail", watch, Cancellation))
        {
            if (change.Type == WatchEventType.Deleted)
                return;
        }
    }

    public Task<JsonObject> SeeConditionAsync(string kind, string name, string type, string reason) =>
        SeeAsync(kind, name, obj => (obj.Object("status").Array("conditions") ?? []).OfType<JsonObject>().Any(c => c.String("type") == type && c.String("reason") == reason));
}
