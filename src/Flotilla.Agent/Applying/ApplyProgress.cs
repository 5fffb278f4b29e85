using Flotilla.Api.Sync;

namespace Flotilla.Agent.Applying;

/// <summary>How far a release is at a site, at one moment. A new one comes when something in it changed.</summary>
public sealed record ApplyProgress
{
    /// <summary>Digest of the release that is worked on.</summary>
    public required string Release { get; init; }

    public required string Revision { get; init; }

    /// <summary>Those of the release in its order, then those that left it and are not gone yet.</summary>
    public required IReadOnlyList<ComponentReport> Components { get; init; }

    /// <summary>Every object is as the release says, and nothing that left it is waiting to be deleted. Health is another matter.</summary>
    public required bool Applied { get; init; }

    /// <summary>Every component is healthy.</summary>
    public required bool Healthy { get; init; }

    /// <summary>Somebody keeps changing what is ours.</summary>
    public required bool Drifted { get; init; }

    /// <summary>Some object was refused and nothing but a change can help, as far as can be seen; it is tried again all the same.</summary>
    public required bool Failed { get; init; }
}
