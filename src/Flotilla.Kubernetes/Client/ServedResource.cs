namespace Flotilla.Kubernetes.Client;

/// <summary>A resource as discovery tells it.</summary>
/// <param name="Reference">What its paths are made of.</param>
public sealed record ServedResource(ResourceReference Reference)
{
    /// <summary>As <c>deployment</c>; may be empty.</summary>
    public string Singular { get; init; } = "";

    /// <summary>As <c>deploy</c>.</summary>
    public IReadOnlyList<string> ShortNames { get; init; } = [];

    /// <summary>As <c>all</c>.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>As <c>get</c>, <c>list</c>, <c>watch</c>.</summary>
    public IReadOnlyList<string> Verbs { get; init; } = [];

    /// <summary>As <c>status</c>, <c>scale</c>.</summary>
    public IReadOnlyList<string> Subresources { get; init; } = [];
}
