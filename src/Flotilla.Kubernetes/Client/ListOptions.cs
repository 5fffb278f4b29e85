namespace Flotilla.Kubernetes.Client;

/// <summary>What to list.</summary>
public sealed record ListOptions
{
    /// <summary>Everything.</summary>
    public static readonly ListOptions All = new();

    /// <summary>As <c>app=till,tier!=test</c>; null for all.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>As <c>metadata.name=till</c>; null for all.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>Objects asked for at a time; 0 asks for all at once.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>How old the answer may be; null for the newest. <c>0</c> takes what the server has at hand.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>How to take <see cref="ResourceVersion"/>: <c>Exact</c> or <c>NotOlderThan</c>.</summary>
    public string? ResourceVersionMatch { get; init; }

    /// <summary>Only metadata of the objects (kind <c>PartialObjectMetadata</c>), which is all that many callers need.</summary>
    public bool MetadataOnly { get; init; }
}

/// <summary>What to watch.</summary>
public sealed record WatchOptions
{
    /// <summary>As <c>app=till,tier!=test</c>; null for all.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>As <c>metadata.name=till</c>; null for all.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>Changes after this version; null begins with what is there (as additions).</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>After which time the server ends the watch; null leaves it to the server.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether the server tells from time to time how far the watch has come.</summary>
    public bool Bookmarks { get; init; } = true;

    /// <summary>Only metadata of the objects (kind <c>PartialObjectMetadata</c>).</summary>
    public bool MetadataOnly { get; init; }
}
