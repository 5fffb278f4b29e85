namespace Flotilla.Api;

/// <summary>The part of an object's metadata that Flotilla looks at.</summary>
public sealed record ObjectMeta
{
    public string Name { get => field ?? ""; init; }

    public string Namespace { get => field ?? ""; init; }

    public string? Uid { get; init; }

    public string? ResourceVersion { get; init; }

    public long Generation { get; init; }

    public DateTimeOffset? CreationTimestamp { get; init; }

    public DateTimeOffset? DeletionTimestamp { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get => field ?? new Dictionary<string, string>(); init; }

    public IReadOnlyDictionary<string, string> Annotations { get => field ?? new Dictionary<string, string>(); init; }

    public IReadOnlyList<string> Finalizers { get => field ?? []; init; }
}
