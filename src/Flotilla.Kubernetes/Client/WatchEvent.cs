using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Client;

/// <summary>Kinds of events.</summary>
public enum WatchEventType
{
    /// <summary>The object appeared (or was there when the watch began).</summary>
    Added,

    /// <summary>The object changed.</summary>
    Modified,

    /// <summary>The object went, or no longer fits the selector; this is how it was last.</summary>
    Deleted,

    /// <summary>Nothing but how far the watch has come.</summary>
    Bookmark,
}

/// <summary>A change.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Object">The object; of a bookmark only the version counts.</param>
public readonly record struct WatchEvent(WatchEventType Type, JsonObject Object)
{
    /// <summary>The version that this event leads to: a watch may go on from it.</summary>
    public string ResourceVersion => Object.Object("metadata").String("resourceVersion") ?? "";
}
