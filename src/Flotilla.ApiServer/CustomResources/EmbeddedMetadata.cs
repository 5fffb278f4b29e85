using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.CustomResources;

/// <summary>Embedded objects under the rules that hold for metadata of every object. They need no name, and any name will do.</summary>
internal static class EmbeddedMetadata
{
    /// <summary>All problems of the embedded objects in a value.</summary>
    public static IReadOnlyList<FieldError> Validate(JsonNode? value, Schema schema, string path = "") => EmbeddedResources.Validate(value, schema, path, Problems);

    private static IEnumerable<FieldError> Problems(JsonObject metadata, string path)
    {
        if (string.IsNullOrEmpty(metadata.String("name")))
        {
            metadata = (JsonObject)metadata.DeepClone();
            metadata["name"] = "any";
        }
        var problems = new FieldProblems();
        var namespaced = !string.IsNullOrEmpty(metadata.String("namespace"));
        ObjectMetaRules.Validate(problems, metadata, namespaced, Names.PathSegmentProblems);
        var own = FieldPath.Metadata.ToString().Length;
        return problems.Select(problem => problem with { Field = path + problem.Field[own..] });
    }
}
