using System.Text.Json.Nodes;
using Flotilla.Api.Releases;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Core.Releases;

/// <summary>The OCI image manifest (image specification 1.1) of a release.</summary>
internal static class ReleaseManifest
{
    private const string MediaType = "application/vnd.oci.image.manifest.v1+json";

    public static byte[] Write(ReleaseBlob config, IEnumerable<ReleaseBlob> layers) => CanonicalJson.Write(new JsonObject
    {
        ["schemaVersion"] = 2L,
        ["mediaType"] = MediaType,
        ["artifactType"] = ReleaseMediaTypes.Release,
        ["config"] = Descriptor(config, ReleaseMediaTypes.Document),
        ["layers"] = new JsonArray([.. layers.DistinctBy(b => b.Digest).Select(b => Descriptor(b, ReleaseMediaTypes.Objects))]),
    });

    private static JsonObject Descriptor(ReleaseBlob blob, string mediaType) => new()
    {
        ["mediaType"] = mediaType,
        ["digest"] = blob.Digest,
        ["size"] = (long)blob.Bytes.Length,
    };
}
