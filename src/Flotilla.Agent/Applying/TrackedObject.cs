using Flotilla.Core.Applying;

namespace Flotilla.Agent.Applying;

/// <summary>What is to be done with an object.</summary>
internal enum ObjectNeed
{
    Nothing,

    /// <summary>Something is under way, or its answer is.</summary>
    Patience,

    /// <summary>It was never applied as it is wanted.</summary>
    Apply,

    /// <summary>It was, and is so no longer.</summary>
    Correct,
}

/// <summary>An object that is wanted, or that was applied once.</summary>
internal sealed class TrackedObject(ObjectId id)
{
    /// <summary>With the API version that it is worked on in.</summary>
    public ObjectId Id { get; set; } = id;

    public WantedObject? Wanted { get; set; }

    /// <summary>As it is in the cluster; null when it is not there, or not seen yet.</summary>
    public LiveObject? Live { get; set; }

    /// <summary>The component that it was last applied for; empty when never.</summary>
    public string Component { get; set; } = "";

    /// <summary>Digest of what was last applied; empty when nothing is known.</summary>
    public string Applied { get; set; } = "";

    /// <summary>What the server made of it; empty when not seen yet.</summary>
    public string Fingerprint { get; set; } = "";

    public string Uid { get; set; } = "";

    public bool Protected { get; set; }

    public bool Found { get; set; }

    /// <summary>resourceVersion that our apply led to, while its event has not come.</summary>
    public string AwaitedVersion { get; set; } = "";

    /// <summary>When it is asked for, should no event have come by then.</summary>
    public DateTimeOffset AwaitedUntil { get; set; }

    public bool InFlight { get; set; }

    /// <summary>What is under way corrects drift.</summary>
    public bool IsCorrecting { get; set; }

    /// <summary>Fingerprints of versions that came by while an apply was under way: one of them is what it led to.</summary>
    public Dictionary<string, string>? SeenInFlight { get; set; }

    /// <summary>Version before what is under way.</summary>
    public string VersionBefore { get; set; } = "";

    /// <summary>It is there and not ours; null when nobody has looked.</summary>
    public bool? IsForeign { get; set; }

    /// <summary>Deleted by us, and not seen to be gone yet.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>What is being done and will be news.</summary>
    public ObjectIntent? Intent { get; set; }

    /// <summary>Release and reason of the refusal to delete it that was told last.</summary>
    public string? Refused { get; set; }

    public ObjectFailure? Failure { get; set; }

    public int Attempts { get; set; }

    /// <summary>When it may be tried again.</summary>
    public DateTimeOffset NotBefore { get; set; }

    public Contest? Contest { get; set; }

    /// <summary>Why it is not deleted though it left the release.</summary>
    public PruneVerdict? Held { get; set; }

    /// <summary>When that is looked at again; far away for what only a release can change.</summary>
    public DateTimeOffset HeldUntil { get; set; }

    /// <summary>Why its pods are not well, while it is a workload that is not.</summary>
    public PodLook? Pods { get; set; }

    public bool IsInInventory => Component.Length > 0;

    /// <summary>What is to be done, once the objects of its kind have been read.</summary>
    public ObjectNeed Need()
    {
        if (Wanted is null)
            return ObjectNeed.Nothing;
        if (InFlight)
            return ObjectNeed.Patience;
        if (Live is null && AwaitedVersion.Length > 0)
            return ObjectNeed.Patience;
        if (Live is null)
            return Applied == Wanted.Digest ? ObjectNeed.Correct : ObjectNeed.Apply;
        if (Live.IsTerminating)
            return ObjectNeed.Patience;
        if (Applied != Wanted.Digest)
            return ObjectNeed.Apply;
        if (AwaitedVersion.Length > 0)
            return ObjectNeed.Patience;
        return Live.Fingerprint == Fingerprint ? ObjectNeed.Nothing : ObjectNeed.Correct;
    }

    public bool IsApplied => Wanted is not null && Live is not null && Need() == ObjectNeed.Nothing;

    public InventoryEntry ToEntry() => new()
    {
        ApiVersion = Id.ApiVersion,
        Kind = Id.Kind,
        Namespace = Id.Namespace,
        Name = Id.Name,
        Component = Component,
        Applied = Applied,
        // Once something else is about to be applied nobody knows any more what the object looks like: after a crash that is no drift.
        Fingerprint = Wanted is null || Wanted.Digest == Applied ? Fingerprint : "",
        Uid = Uid,
        Protected = Protected,
        Found = Found,
        Intent = Intent,
        Refused = Refused,
    };

    public static TrackedObject Of(InventoryEntry entry) => new(new ObjectId(entry.ApiVersion, entry.Kind, entry.Namespace, entry.Name))
    {
        Component = entry.Component,
        Applied = entry.Applied,
        Fingerprint = entry.Fingerprint,
        Uid = entry.Uid,
        Protected = entry.Protected,
        Found = entry.Found,
        Intent = entry.Intent,
        Refused = entry.Refused,
    };
}

/// <summary>Somebody who changes what we change back.</summary>
internal sealed class Contest
{
    public int Corrections { get; set; }

    public DateTimeOffset Last { get; set; }

    public bool IsTold { get; set; }

    public string Opponents { get; set; } = "";

    public string Fields { get; set; } = "";
}
