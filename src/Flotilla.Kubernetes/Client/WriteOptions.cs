namespace Flotilla.Kubernetes.Client;

/// <summary>How to create or update.</summary>
public sealed record WriteOptions
{
    /// <summary>Nothing special.</summary>
    public static readonly WriteOptions Default = new();

    /// <summary>As <c>status</c>; null for the object itself.</summary>
    public string? Subresource { get; init; }

    /// <summary>Who owns the fields that are set; null lets the server take the user agent.</summary>
    public string? FieldManager { get; init; }

    /// <summary>Checks and answers as if, but stores nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>What becomes of unknown and duplicate fields: <c>Strict</c>, <c>Warn</c> or <c>Ignore</c>; null for the server's way.</summary>
    public string? FieldValidation { get; init; }
}

/// <summary>Kinds of patches besides server-side apply.</summary>
public enum PatchKind
{
    /// <summary>RFC 7386: objects are merged, null deletes, lists are replaced.</summary>
    Merge,

    /// <summary>RFC 6902: a list of operations.</summary>
    Json,

    /// <summary>Kubernetes' own, which merges lists by their keys; built-in kinds only.</summary>
    StrategicMerge,
}

/// <summary>How to patch.</summary>
public sealed record PatchOptions
{
    /// <summary>Nothing special.</summary>
    public static readonly PatchOptions Default = new();

    /// <summary>As <c>status</c>; null for the object itself.</summary>
    public string? Subresource { get; init; }

    /// <summary>Who owns the fields that are set; null lets the server take the user agent.</summary>
    public string? FieldManager { get; init; }

    /// <summary>Checks and answers as if, but stores nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>What becomes of unknown and duplicate fields: <c>Strict</c>, <c>Warn</c> or <c>Ignore</c>; null for the server's way.</summary>
    public string? FieldValidation { get; init; }
}

/// <summary>How to apply.</summary>
public sealed record ApplyOptions
{
    /// <summary>Who owns what is applied.</summary>
    public required string FieldManager { get; init; }

    /// <summary>Takes fields over from other managers where they differ, instead of failing with a conflict.</summary>
    public bool Force { get; init; }

    /// <summary>Checks and answers as if, but stores nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>As <c>status</c>; null for the object itself.</summary>
    public string? Subresource { get; init; }

    /// <summary>The object's resource; null finds it by its apiVersion and kind.</summary>
    public ResourceReference? Resource { get; init; }

    /// <summary>What becomes of unknown and duplicate fields: <c>Strict</c>, <c>Warn</c> or <c>Ignore</c>; null for the server's way.</summary>
    public string? FieldValidation { get; init; }

    /// <summary>Answers with metadata only, so that a large object does not come back.</summary>
    public bool MetadataOnly { get; init; }
}

/// <summary>How to delete.</summary>
public sealed record DeleteOptions
{
    /// <summary>Nothing special.</summary>
    public static readonly DeleteOptions Default = new();

    /// <summary>Deletes only the object of this UID (else a conflict).</summary>
    public string? Uid { get; init; }

    /// <summary>Deletes only this version of the object (else a conflict).</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>What becomes of dependents: <c>Background</c>, <c>Foreground</c> or <c>Orphan</c>; null for the kind's way.</summary>
    public string? PropagationPolicy { get; init; }

    /// <summary>Seconds that the object gets to end; null for the kind's default.</summary>
    public int? GracePeriodSeconds { get; init; }

    /// <summary>Checks and answers as if, but deletes nothing.</summary>
    public bool DryRun { get; init; }
}
