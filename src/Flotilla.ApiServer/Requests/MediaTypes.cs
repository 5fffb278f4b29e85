using Flotilla.Kubernetes.Errors;

namespace Flotilla.ApiServer.Requests;

/// <summary>Reads <c>Accept</c> headers as kube-apiserver does (go-restful's route filter, then apiserver's <c>negotiation</c>).</summary>
internal static class MediaTypes
{
    public const string Json = "application/json";
    public const string Yaml = "application/yaml";
    public const string Protobuf = "application/vnd.kubernetes.protobuf";

    /// <summary>Chooses how to answer.</summary>
    /// <exception cref="ApiStatusException">406: nothing that the client accepts can be made.</exception>
    public static MediaType Negotiate(string? accept, Offer offer = Offer.BuiltIn)
    {
        if (accept is null or "" or Json or "*/*")
            return new MediaType(BodyFormat.Json);
        if (offer is Offer.BuiltIn && !AcceptClause.AnyNames(accept, [Json, Yaml, Protobuf]))
            throw NotAcceptable($"406: Not Acceptable\n\nAvailable representations: {Json}, {Yaml}, {Protobuf}");
        foreach (var clause in AcceptClause.ParseAll(accept))
        {
            if (clause.Matches("json") && Accept(clause, offer, BodyFormat.Json) is { } json)
                return json;
            if (clause.Matches("yaml") && Accept(clause, offer, BodyFormat.Yaml) is { } yaml)
                return yaml;
        }
        var representations = offer is Offer.Custom ? $"{Json}, {Yaml}" : $"{Json}, {Yaml}, {Protobuf}";
        throw NotAcceptable($"only the following media types are accepted: {representations}");
    }

    /// <summary>Chooses how to answer to a watch; there are no streams of YAML.</summary>
    /// <exception cref="ApiStatusException">406: nothing that the client accepts can be streamed.</exception>
    public static MediaType NegotiateWatch(string? accept, Offer offer = Offer.BuiltIn)
    {
        var chosen = Negotiate(accept, offer);
        if (chosen.Format is BodyFormat.Json)
            return chosen;
        var streams = offer is Offer.Custom ? $"{Json};stream=watch" : $"{Json};stream=watch, {Protobuf};stream=watch";
        throw NotAcceptable($"only the following media types are accepted: {streams}");
    }

    /// <summary>Whether to indent: the query parameter <c>pretty</c> decides, else browsers and command-line HTTP clients get it.</summary>
    public static bool IsPretty(MediaType negotiated, string? prettyParameter, string? userAgent)
    {
        if (negotiated.Pretty)
            return true;
        if (!string.IsNullOrEmpty(prettyParameter))
            return prettyParameter is "1" or "t" or "T" or "true" or "TRUE" or "True";
        return userAgent is not null
            && (userAgent.StartsWith("curl", StringComparison.Ordinal) || userAgent.StartsWith("Wget", StringComparison.Ordinal)
                || userAgent.StartsWith("Mozilla/5.0", StringComparison.Ordinal));
    }

    private static MediaType? Accept(AcceptClause clause, Offer offer, BodyFormat format)
    {
        var pretty = clause.Parameter("pretty") == "1";
        if (clause.Parameter("stream") is { Length: > 0 } and not "watch" || clause.Parameter("sv") is { Length: > 0 })
            return null;
        if (clause.Parameter("as") is null && clause.Parameter("g") is null && clause.Parameter("v") is null)
            return new MediaType(format, Pretty: pretty);

        var version = $"{clause.Parameter("g")}/{clause.Parameter("v")}";
        var transform = (offer, clause.Parameter("as"), version) switch
        {
            (Offer.BuiltIn or Offer.Custom, "Table", "meta.k8s.io/v1" or "meta.k8s.io/v1beta1") => Transform.Table,
            (Offer.BuiltIn or Offer.Custom, "PartialObjectMetadata", "meta.k8s.io/v1" or "meta.k8s.io/v1beta1") => Transform.PartialObjectMetadata,
            (Offer.BuiltIn or Offer.Custom, "PartialObjectMetadataList", "meta.k8s.io/v1" or "meta.k8s.io/v1beta1") => Transform.PartialObjectMetadataList,
            (Offer.Discovery, "APIGroupDiscoveryList", "apidiscovery.k8s.io/v2" or "apidiscovery.k8s.io/v2beta1") => Transform.GroupDiscovery,
            _ => Transform.None,
        };
        return transform is Transform.None ? null : new MediaType(format, transform, version, pretty);
    }

    private static ApiStatusException NotAcceptable(string message) => new(new ApiStatus(406, "NotAcceptable", message));
}
