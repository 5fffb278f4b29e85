using Flotilla.Api.Releases;

namespace Flotilla.Core.Releases;

/// <summary>A revision made concrete for a site: an OCI manifest over blobs of objects. Immutable.</summary>
/// <param name="Digest">Digest of the manifest's bytes.</param>
/// <param name="Inputs">What it took from the site (<see cref="Revision.InputsOf"/>).</param>
/// <param name="Revision">The revision.</param>
/// <param name="Document">What the agent reads first.</param>
/// <param name="Manifest">The OCI manifest, canonical JSON.</param>
/// <param name="Config">The document as canonical JSON: the manifest's config.</param>
/// <param name="OwnBlobs">Blobs with objects that took something from the site.</param>
public sealed record Release(
    string Digest, string Inputs, Revision Revision, ReleaseDocument Document, ReadOnlyMemory<byte> Manifest, ReleaseBlob Config, IReadOnlyList<ReleaseBlob> OwnBlobs)
{
    /// <summary>Every blob that the manifest names: the config, those of the site, those of the revision.</summary>
    public IEnumerable<ReleaseBlob> Blobs => [Config, .. OwnBlobs, .. Revision.SharedBlobs.Select(b => new ReleaseBlob(b.Key, b.Value))];

    /// <summary>Bytes that this release alone takes.</summary>
    public long OwnBytes => Manifest.Length + Config.Bytes.Length + OwnBlobs.Sum(b => (long)b.Bytes.Length);
}
