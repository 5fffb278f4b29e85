namespace Flotilla.Content;

/// <summary>The <c>index.json</c> of an OCI image layout: the manifests to start from.</summary>
internal sealed record OciIndex
{
    /// <summary>The annotation that holds the name of a manifest.</summary>
    public const string NameAnnotation = "org.opencontainers.image.ref.name";

    public int SchemaVersion => 2;

    public string MediaType { get => field ?? "application/vnd.oci.image.index.v1+json"; init; }

    public IReadOnlyList<OciDescriptor> Manifests { get => field ?? []; init; }

    public static string? NameOf(OciDescriptor manifest) => manifest.Annotations?.GetValueOrDefault(NameAnnotation);

    public OciDescriptor? Find(string name) => Manifests.FirstOrDefault(m => NameOf(m) == name);

    public OciIndex Without(string name) => this with { Manifests = [.. Manifests.Where(m => NameOf(m) != name)] };

    public OciIndex With(string name, OciDescriptor manifest)
    {
        var annotations = new Dictionary<string, string>(manifest.Annotations ?? new Dictionary<string, string>(), StringComparer.Ordinal) { [NameAnnotation] = name };
        return this with { Manifests = [.. Without(name).Manifests, manifest with { Annotations = annotations }] };
    }
}
