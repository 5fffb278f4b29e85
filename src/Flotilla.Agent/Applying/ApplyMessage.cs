using System.Text.Json.Nodes;
using Flotilla.Core.Applying;
using Flotilla.Kubernetes.Client;

namespace Flotilla.Agent.Applying;

/// <summary>Something that came to pass outside the loop. The loop takes one after the other, so its state needs no locks.</summary>
internal abstract record ApplyMessage
{
    private ApplyMessage()
    {
    }

    public sealed record ReleaseChanged(LoadedRelease? Release) : ApplyMessage;

    public sealed record Resolved(KindKey Kind, ResourceReference? Resource, ObjectFailure? Failure) : ApplyMessage;

    /// <param name="Starts">A list begins: what it does not bring is gone.</param>
    public sealed record Listed(KindWatch Watch, IReadOnlyList<JsonObject> Items, bool Starts, bool Ends) : ApplyMessage;

    public sealed record Changed(KindWatch Watch, JsonObject Object, bool IsDeleted) : ApplyMessage;

    public sealed record WatchFailed(KindWatch Watch, ObjectFailure Failure) : ApplyMessage;

    /// <summary>What is there of objects that were not among ours.</summary>
    /// <param name="Asked">Objects that were asked for.</param>
    /// <param name="Foreign">Those that are there, with the manager that wrote them last.</param>
    public sealed record Looked(IReadOnlyList<ObjectId> Asked, IReadOnlyDictionary<ObjectId, string> Foreign, ObjectFailure? Failure) : ApplyMessage;

    public sealed record Applied(TrackedObject Object, WantedObject Wanted, ApplyResult Result) : ApplyMessage;

    public sealed record Deleted(TrackedObject Object, ObjectFailure? Failure) : ApplyMessage;

    public sealed record PruneObserved(IReadOnlyDictionary<ObjectId, GuardFacts> Facts, ObjectFailure? Failure) : ApplyMessage;

    public sealed record PodsLooked(PodLook Look, string Found) : ApplyMessage;

    public sealed record Recovered(IReadOnlyList<InventoryEntry> Entries, ObjectFailure? Failure) : ApplyMessage;

    public sealed record Tick : ApplyMessage;
}

/// <summary>Objects of this apiVersion and kind.</summary>
internal readonly record struct KindKey(string ApiVersion, string Kind)
{
    public static KindKey Of(ObjectId id) => new(id.ApiVersion, id.Kind);
}

/// <summary>What came of one apply.</summary>
/// <param name="Failure">Null when it went well.</param>
/// <param name="Version">resourceVersion that it led to.</param>
/// <param name="Uid">Of the object.</param>
/// <param name="IsCreated">It was not there before.</param>
internal sealed record ApplyResult(ObjectFailure? Failure, string Version = "", string Uid = "", bool IsCreated = false);
