namespace Flotilla.Kubernetes.Schemas;

/// <summary>A resource of an API version, as discovery tells it.</summary>
public sealed record ResourceType
{
    /// <summary>API group; empty for core.</summary>
    public required string Group { get; init; }

    /// <summary>API version, as <c>v1</c>.</summary>
    public required string Version { get; init; }

    /// <summary>Plural name in paths, as <c>deployments</c>.</summary>
    public required string Plural { get; init; }

    /// <summary>Singular name.</summary>
    public required string Singular { get; init; }

    /// <summary>Kind of one object.</summary>
    public required string Kind { get; init; }

    /// <summary>Kind of a list.</summary>
    public required string ListKind { get; init; }

    /// <summary>Whether objects live in namespaces.</summary>
    public required bool Namespaced { get; init; }

    /// <summary>What can be done with it, as <c>create</c>, <c>watch</c>.</summary>
    public required IReadOnlyList<string> Verbs { get; init; }

    /// <summary>Short names for people.</summary>
    public IReadOnlyList<string> ShortNames { get; init; } = [];

    /// <summary>Categories, as <c>all</c>.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Subresources, as <c>status</c>.</summary>
    public IReadOnlyList<SubresourceType> Subresources { get; init; } = [];

    /// <summary><c>v1</c> or <c>apps/v1</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary><c>pods</c> or <c>deployments.apps</c>.</summary>
    public string GroupResource => Group.Length == 0 ? Plural : $"{Plural}.{Group}";
}

/// <summary>A subresource; group and version are those of its own kind (<c>Scale</c> is in autoscaling), null when the parent's.</summary>
public sealed record SubresourceType(string Name, string Kind, string? Group, string? Version, IReadOnlyList<string> Verbs);
