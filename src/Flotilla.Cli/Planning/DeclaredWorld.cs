using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Flotilla.Api;
using Flotilla.Api.Components;
using Flotilla.Api.Fleets;
using Flotilla.Api.Rollouts;
using Flotilla.Api.Sites;
using Flotilla.Api.Stacks;
using Flotilla.Cli.Connections;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Planning;

/// <summary>All objects of our kinds: as the hub has them, or as it would have them.</summary>
internal sealed class DeclaredWorld
{
    private readonly Dictionary<(string Kind, string Namespace, string Name), JsonObject> objects;

    private DeclaredWorld(Dictionary<(string Kind, string Namespace, string Name), JsonObject> objects)
    {
        this.objects = objects;
        Components = Read(Kinds.Component, ApiJson.Default.Component);
        Stacks = Read(Kinds.Stack, ApiJson.Default.Stack);
        Fleets = Read(Kinds.Fleet, ApiJson.Default.Fleet);
        Sites = Read(Kinds.Site, ApiJson.Default.Site);
        Strategies = Read(Kinds.RolloutStrategy, ApiJson.Default.RolloutStrategy);
        Windows = Read(Kinds.MaintenanceWindow, ApiJson.Default.MaintenanceWindow);
    }

    public IReadOnlyList<Component> Components { get; }

    public IReadOnlyList<Stack> Stacks { get; }

    public IReadOnlyList<Fleet> Fleets { get; }

    public IReadOnlyList<Site> Sites { get; }

    public IReadOnlyList<RolloutStrategy> Strategies { get; }

    public IReadOnlyList<MaintenanceWindow> Windows { get; }

    /// <summary>What the hub has.</summary>
    public static async Task<DeclaredWorld> ReadAsync(HubConnection hub, CancellationToken cancellation)
    {
        var objects = new Dictionary<(string, string, string), JsonObject>();
        foreach (var kind in new[] { Kinds.Component, Kinds.Stack, Kinds.Fleet, Kinds.Site, Kinds.RolloutStrategy, Kinds.MaintenanceWindow })
        {
            foreach (var obj in await hub.ListAsync(kind, cancellation))
                objects[KeyOf(obj, kind.Kind)] = obj;
        }
        return new DeclaredWorld(objects);
    }

    /// <summary>What the hub would have once these are applied: it is asked, without writing, since others may own fields of the same objects.</summary>
    public async Task<DeclaredWorld> WithAsync(HubConnection hub, IEnumerable<JsonObject> given, CancellationToken cancellation)
    {
        var after = new Dictionary<(string, string, string), JsonObject>(objects);
        foreach (var obj in given.Where(IsOurs))
            after[KeyOf(obj, obj.String("kind")!)] = await AppliedAsync(hub, obj, cancellation);
        return new DeclaredWorld(after);
    }

    public static bool IsOurs(JsonObject obj) => obj.String("apiVersion") == Kinds.Site.ApiVersion;

    private static async Task<JsonObject> AppliedAsync(HubConnection hub, JsonObject obj, CancellationToken cancellation)
    {
        try
        {
            return await hub.Api.ApplyAsync(obj, new ApplyOptions { FieldManager = Kinds.Manager, Force = true, DryRun = true }, cancellation);
        }
        catch (ApiStatusException e) when (e.Status.Code is 403 or 404)
        {
            // Its namespace comes with the same files, or the user may only look: then it is what is given.
            return obj;
        }
    }

    private static (string, string, string) KeyOf(JsonObject obj, string kind)
    {
        var metadata = obj.Object("metadata");
        return (kind, metadata.String("namespace") ?? "", metadata.String("name") ?? "");
    }

    private IReadOnlyList<T> Read<T>(ResourceReference kind, JsonTypeInfo<T> type) =>
    [
        .. objects.Where(o => o.Key.Kind == kind.Kind).OrderBy(o => o.Key.Namespace, StringComparer.Ordinal).ThenBy(o => o.Key.Name, StringComparer.Ordinal)
            .Select(o => o.Value.Deserialize(type)!),
    ];
}
