using Flotilla.Api.Releases;

namespace Flotilla.Agent.Applying;

/// <summary>A release of which everything is at hand: its content is in the site's store, sealed values are open.</summary>
public sealed record LoadedRelease
{
    /// <summary>Digest of the release.</summary>
    public required string Digest { get; init; }

    public required ReleaseDocument Document { get; init; }

    /// <summary>Reads a blob of objects by its digest from the site's store; fails when it is not there.</summary>
    public required Func<string, CancellationToken, ValueTask<ReadOnlyMemory<byte>>> ReadBlob { get; init; }

    /// <summary>Opened sealed values by name. They go into Secrets and nowhere else.</summary>
    public IReadOnlyDictionary<string, string> SealedValues { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
