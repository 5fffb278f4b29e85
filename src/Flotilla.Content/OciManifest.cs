using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flotilla.Content;

/// <summary>An OCI image manifest (OCI image specification 1.1) over blobs of any type.</summary>
public sealed record OciManifest
{
    /// <summary>The media type of manifests.</summary>
    public const string ManifestMediaType = "application/vnd.oci.image.manifest.v1+json";

    /// <summary>The media type of <see cref="EmptyConfig"/>.</summary>
    public const string EmptyMediaType = "application/vnd.oci.empty.v1+json";

    /// <summary>The configuration of an artifact that has none: the two bytes <c>{}</c>, which must be stored, too.</summary>
    public static OciDescriptor EmptyConfig { get; } = OciDescriptor.Of(EmptyMediaType, "{}"u8);

    /// <summary>Always 2.</summary>
    public int SchemaVersion { get; init; } = 2;

    /// <summary>Always <see cref="ManifestMediaType"/>.</summary>
    public string MediaType { get => field ?? ManifestMediaType; init; }

    /// <summary>What the whole is.</summary>
    public string? ArtifactType { get; init; }

    /// <summary>The configuration blob.</summary>
    public required OciDescriptor Config { get; init; }

    /// <summary>The other blobs, in order.</summary>
    public IReadOnlyList<OciDescriptor> Layers { get => field ?? []; init; }

    /// <summary>What else is to be said; null or at least one.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>Every blob that it needs.</summary>
    [JsonIgnore]
    public IEnumerable<OciDescriptor> Blobs => [Config, .. Layers];

    /// <summary>Reads a manifest; unknown fields are passed over.</summary>
    /// <exception cref="InvalidDataException">Not an OCI image manifest; the message says why.</exception>
    public static OciManifest Parse(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize(bytes, ContentJson.Default.OciManifest) ?? throw new InvalidDataException("the manifest is null");
            return manifest is { SchemaVersion: 2, MediaType: ManifestMediaType, Config: not null }
                ? manifest
                : throw new InvalidDataException($"not an OCI image manifest: schemaVersion {manifest.SchemaVersion}, mediaType '{manifest.MediaType}'");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"not an OCI image manifest: {exception.Message}", exception);
        }
    }

    /// <summary>The canonical bytes: the same manifest has the same digest on every machine.</summary>
    public byte[] ToBytes() => CanonicalJson.Write(JsonSerializer.SerializeToNode(this, ContentJson.Default.OciManifest));

    /// <summary>Describes the manifest by its canonical bytes.</summary>
    public OciDescriptor Describe() => OciDescriptor.Of(ManifestMediaType, ToBytes()) with { ArtifactType = ArtifactType };
}
