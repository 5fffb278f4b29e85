namespace Flotilla.ApiServer.Requests;

/// <summary>How a body is written.</summary>
internal enum BodyFormat
{
    Json,
    Yaml,
}

/// <summary>What an answer is turned into before it is written.</summary>
internal enum Transform
{
    None,
    Table,
    PartialObjectMetadata,
    PartialObjectMetadataList,

    /// <summary>Aggregated discovery; only where <see cref="Offer.Discovery"/> is made.</summary>
    GroupDiscovery,
}

/// <summary>What the requested endpoint can answer with.</summary>
internal enum Offer
{
    /// <summary>Objects of built-in resources.</summary>
    BuiltIn,

    /// <summary>Custom resources; there is no protobuf of them, and <c>application/*</c> is fine.</summary>
    Custom,

    /// <summary><c>/api</c> and <c>/apis</c>.</summary>
    Discovery,

    /// <summary>All other JSON and YAML: discovery of one version, Status of a failure.</summary>
    Plain,
}

/// <summary>The outcome of content negotiation.</summary>
/// <param name="Format">How the body is written.</param>
/// <param name="Transform">What the answer becomes.</param>
/// <param name="TransformVersion">API version of what it becomes, as <c>meta.k8s.io/v1</c>; empty for none.</param>
/// <param name="Pretty">Whether the client asked for indentation in the media type (<c>pretty=1</c>).</param>
internal readonly record struct MediaType(BodyFormat Format, Transform Transform = Transform.None, string TransformVersion = "", bool Pretty = false)
{
    /// <summary>The <c>Content-Type</c> of the answer.</summary>
    public string ContentType => (Format, Transform) switch
    {
        (BodyFormat.Yaml, _) => MediaTypes.Yaml,
        (_, Transform.GroupDiscovery) => $"{MediaTypes.Json};g=apidiscovery.k8s.io;v={TransformVersion[(TransformVersion.IndexOf('/', StringComparison.Ordinal) + 1)..]};as=APIGroupDiscoveryList",
        _ => MediaTypes.Json,
    };
}
