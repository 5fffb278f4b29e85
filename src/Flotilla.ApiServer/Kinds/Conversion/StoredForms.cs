using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds.Decoding;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Kinds.Conversion;

/// <summary>
/// Built-in kinds that are served in two versions and stored in one: Events (<c>v1</c>, also served by events.k8s.io) and
/// HorizontalPodAutoscalers (<c>autoscaling/v2</c>, also v1). Functions of the object only; what is given stays as it is.
/// </summary>
internal static class StoredForms
{
    private const string NewEvents = "events.k8s.io/v1";
    private const string OldAutoscalers = "autoscaling/v1";

    /// <summary>Whether objects of an API version and kind are stored in another form.</summary>
    public static bool Differs(string apiVersion, string kind) =>
        (kind == "Event" && apiVersion == NewEvents) || (kind == "HorizontalPodAutoscaler" && apiVersion == OldAutoscalers);

    /// <summary>Group and plural that a resource's objects are stored under, as <c>deployments.apps</c>.</summary>
    public static string StorageName(ResourceType type) => Differs(type.ApiVersion, type.Kind) && type.Kind == "Event" ? "events" : type.GroupResource;

    /// <summary>The object as it is stored; the same one when it has that form.</summary>
    public static JsonObject ToStorage(JsonObject obj) => (obj.Text("apiVersion"), obj.Text("kind")) switch
    {
        (NewEvents, "Event") => Encoded(EventForms.ToCore(obj), "v1"),
        (OldAutoscalers, "HorizontalPodAutoscaler") => AutoscalerToV2(obj),
        _ => obj,
    };

    /// <summary>A stored object in another version; the same one when it has that version.</summary>
    public static JsonObject FromStorage(string apiVersion, JsonObject stored) => (apiVersion, stored.Text("apiVersion"), stored.Text("kind")) switch
    {
        (NewEvents, "v1", "Event") => Encoded(EventForms.FromCore(stored), apiVersion),
        (OldAutoscalers, "autoscaling/v2", "HorizontalPodAutoscaler") => Encoded(AutoscalerForms.FromV2(stored), apiVersion),
        _ => stored,
    };

    /// <summary>Annotations that hold something else than metrics count for nothing.</summary>
    private static JsonObject AutoscalerToV2(JsonObject obj)
    {
        var v2 = AutoscalerForms.ToV2(obj, readAnnotations: true);
        return Encode(v2, "autoscaling/v2") ? v2 : Encoded(AutoscalerForms.ToV2(obj, readAnnotations: false), "autoscaling/v2");
    }

    private static JsonObject Encoded(JsonObject obj, string apiVersion)
    {
        Encode(obj, apiVersion);
        return obj;
    }

    /// <summary>Gives each field the presence that it has in the other type; false when something does not fit there.</summary>
    private static bool Encode(JsonObject obj, string apiVersion)
    {
        obj["apiVersion"] = apiVersion;
        return TypedDecoding.Decode(obj, BuiltInTypes.Instance.Kind(apiVersion, obj.Text("kind"))!) is null;
    }
}
