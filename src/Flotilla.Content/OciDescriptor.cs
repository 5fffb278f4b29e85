namespace Flotilla.Content;

/// <summary>Names content and says what it is (OCI image specification, descriptors).</summary>
public sealed record OciDescriptor
{
    /// <summary>What the content is.</summary>
    public required string MediaType { get; init; }

    /// <summary>The digest of the content.</summary>
    public required Digest Digest { get; init; }

    /// <summary>Bytes of the content.</summary>
    public required long Size { get; init; }

    /// <summary>The artifact type of a manifest; null for other content.</summary>
    public string? ArtifactType { get; init; }

    /// <summary>What else is to be said; null or at least one.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>Describes content.</summary>
    public static OciDescriptor Of(string mediaType, ReadOnlySpan<byte> content) =>
        new() { MediaType = mediaType, Digest = Digest.Of(content), Size = content.Length };
}
