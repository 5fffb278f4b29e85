using Flotilla.Kubernetes.Errors;

namespace Flotilla.ApiServer.Tables;

/// <summary>What a row of a Table carries besides its cells.</summary>
internal enum IncludeObject
{
    Metadata,
    None,
    Object,
}

/// <summary>How a Table is wanted.</summary>
/// <param name="Include">From the query parameter <c>includeObject</c>.</param>
/// <param name="ApiVersion"><c>meta.k8s.io/v1</c> or <c>meta.k8s.io/v1beta1</c>.</param>
/// <param name="Headers">False for all events of a watch but the first.</param>
internal sealed record TableOptions(IncludeObject Include = IncludeObject.Metadata, string ApiVersion = PartialMetadata.V1, bool Headers = true)
{
    /// <summary>Reads the query parameter <c>includeObject</c>.</summary>
    /// <exception cref="ApiStatusException">400: not one of the values.</exception>
    public static IncludeObject ReadInclude(string? text) => text switch
    {
        null or "" or "Metadata" => IncludeObject.Metadata,
        "None" => IncludeObject.None,
        "Object" => IncludeObject.Object,
        _ => throw ApiStatusException.BadRequest(
            "Unable to convert to Table as requested: " +
            FieldError.Invalid("includeObject", text, "must be 'Metadata', 'Object', 'None', or empty")),
    };
}
