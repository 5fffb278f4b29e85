using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Flotilla.Api;
using Flotilla.Api.Components;
using Flotilla.Api.Fleets;
using Flotilla.Api.Rollouts;
using Flotilla.Api.Sites;
using Flotilla.Api.Stacks;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Hub.Hosting;

/// <summary>Takes out of objects what the hub looks at.</summary>
internal static class DeclarationProjection
{
    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    public static Site Site(JsonObject obj) => Read(obj, ApiJson.Default.Site, meta => new Site { Metadata = meta }) is var site
        ? site with { Metadata = Slim(site.Metadata) }
        : site;

    public static Fleet Fleet(JsonObject obj) => Read(obj, ApiJson.Default.Fleet, meta => new Fleet { Metadata = meta });

    public static Stack Stack(JsonObject obj) => Read(obj, ApiJson.Default.Stack, meta => new Stack { Metadata = meta });

    public static Component Component(JsonObject obj) => Read(obj, ApiJson.Default.Component, meta => new Component { Metadata = meta });

    public static Rollout Rollout(JsonObject obj) => Read(obj, ApiJson.Default.Rollout, meta => new Rollout { Metadata = meta });

    public static RolloutStrategy Strategy(JsonObject obj) => Read(obj, ApiJson.Default.RolloutStrategy, meta => new RolloutStrategy { Metadata = meta });

    public static Approval Approval(JsonObject obj) => Read(obj, ApiJson.Default.Approval, meta => new Approval { Metadata = meta });

    public static MaintenanceWindow Window(JsonObject obj) => Read(obj, ApiJson.Default.MaintenanceWindow, meta => new MaintenanceWindow { Metadata = meta });

    private static ObjectMeta Slim(ObjectMeta meta) => meta with { Annotations = None };

    /// <summary>The definitions check objects before they are stored; one that got by says nothing, instead of stopping all others.</summary>
    private static T Read<T>(JsonObject obj, JsonTypeInfo<T> type, Func<ObjectMeta, T> empty)
    {
        try
        {
            return obj.Deserialize(type) ?? empty(new ObjectMeta());
        }
        catch (JsonException)
        {
            var meta = obj.Object("metadata");
            return empty(new ObjectMeta { Name = meta.String("name") ?? "", Namespace = meta.String("namespace") ?? "" });
        }
    }
}
