using Flotilla.Api.Components;
using Flotilla.Api.Stacks;

namespace Flotilla.Api.Releases;

/// <summary>Media types of what the content store holds.</summary>
public static class ReleaseMediaTypes
{
    /// <summary>Artifact type of a release's OCI manifest; its config is a <see cref="ReleaseDocument"/>, its layers are objects.</summary>
    public const string Release = "application/vnd.flotilla.release.v1+json";

    /// <summary>The config of that manifest: a <see cref="ReleaseDocument"/>, canonical JSON.</summary>
    public const string Document = "application/vnd.flotilla.release.document.v1+json";

    /// <summary>Objects, one in each line, canonical JSON (RFC 8785).</summary>
    public const string Objects = "application/vnd.flotilla.objects.v1+jsonl";
}

/// <summary>A revision made concrete for one site: the config of the release's manifest. Holds no secret, only the names of sealed values.</summary>
public sealed record ReleaseDocument
{
    /// <summary>Digest of the revision that it was made of.</summary>
    public required string Revision { get; init; }

    /// <summary>In an order in which they can be applied.</summary>
    public IReadOnlyList<ReleaseComponent> Components { get => field ?? []; init; }

    public PrunePolicy Prune { get => field ?? new(); init; }
}

/// <summary>One component of a release.</summary>
public sealed record ReleaseComponent
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    public required string Role { get; init; }

    /// <summary>Components of this release that must be healthy before this one is begun.</summary>
    public IReadOnlyList<string> After { get => field ?? []; init; }

    /// <summary>Digests of blobs with its objects (<see cref="ReleaseMediaTypes.Objects"/>).</summary>
    public IReadOnlyList<string> Objects { get => field ?? []; init; }

    public IReadOnlyList<HealthRule> Health { get => field ?? []; init; }

    public IReadOnlyList<ObjectTarget> Protect { get => field ?? []; init; }

    public IReadOnlyList<ObjectTarget> Replace { get => field ?? []; init; }

    public IReadOnlyList<IgnoredFields> IgnoreFields { get => field ?? []; init; }

    public bool Adopt { get; init; }

    /// <summary>
    /// Names of sealed values that its Secrets hold. Within their data a value stands as U+E000, its name, U+E001: characters that a
    /// compiled release holds nowhere else. A text of <c>data</c> that holds one stands decoded in the release: who opens the values
    /// replaces first, and encodes the whole (base64) then.
    /// </summary>
    public IReadOnlyList<string> Sealed { get => field ?? []; init; }
}

/// <summary>Labels and annotations that objects get when they are compiled.</summary>
public static class ReleaseLabels
{
    /// <summary>On every object: the component that it belongs to. An agent that lost its state finds its inventory by it.</summary>
    public const string Component = "flotilla.dev/component";

    /// <summary>The field manager of all that agents apply.</summary>
    public const string FieldManager = "flotilla";
}
