namespace Flotilla.Kubernetes.Client;

/// <summary>What an informer follows, and how.</summary>
public sealed record InformerOptions
{
    /// <summary>Everything, as it comes.</summary>
    public static readonly InformerOptions Default = new();

    /// <summary>As <c>app=till,tier!=test</c>; null for all.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>As <c>metadata.name=till</c>; null for all.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>Objects listed at a time.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>Fetches metadata only (kind <c>PartialObjectMetadata</c>).</summary>
    public bool MetadataOnly { get; init; }

    /// <summary>The first wait after a failure; it doubles with each further one.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest wait after failures.</summary>
    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A watch is begun anew after this time, or up to a third less, so that clients spread over servers.</summary>
    public TimeSpan WatchTimeout { get; init; } = TimeSpan.FromMinutes(45);

    /// <summary>Told of each failure and of the wait that follows, for a log.</summary>
    public Action<Exception, TimeSpan>? OnTrouble { get; init; }
}
