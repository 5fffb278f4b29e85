using System.Text.Json.Nodes;
using Flotilla.ApiServer.Requests;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Patches;

namespace Flotilla.ApiServer.Resources;

/// <summary>PATCH in its four forms.</summary>
internal static class PatchOperation
{
    public const string Apply = "application/apply-patch+yaml";
    private const string JsonPatchType = "application/json-patch+json";
    private const string MergeType = "application/merge-patch+json";
    private const string StrategicType = "application/strategic-merge-patch+json";

    public static Task<(JsonObject Object, bool Created)> RunAsync(
        RequestContext context, ServedResource resource, string ns, string name, string subresource, byte[] body, string mediaType, WriteOptions options)
    {
        if (mediaType == Apply)
            return ApplyAsync(context, resource, ns, name, subresource, body, options);
        var change = Change(resource, body, mediaType);
        var update = new UpdateOperation(context, resource, subresource, options);
        return update.RunAsync(ns, name, live =>
        {
            var patched = change(live!);
            ObjectReader.ReadPatched(resource, patched, options, context.Warnings);
            return patched;
        });
    }

    /// <summary>Parses a patch once; the result applies it to each new look at the live object.</summary>
    public static Func<JsonObject, JsonObject> Change(ServedResource resource, byte[] body, string mediaType)
    {
        JsonNode? Parsed() => ParsePatch(body, resource.Type.Kind);
        switch (mediaType)
        {
            case JsonPatchType:
                var operations = Parsed();
                return live => AsObject(JsonPatch.Apply(live, operations), resource);
            case MergeType:
                var merge = Parsed();
                return live => MergePatch.Apply(live, merge?.DeepClone());
            case StrategicType when !resource.IsCustom:
                var strategic = Parsed() as JsonObject ?? throw ApiStatusException.BadRequest("the patch is not a JSON object");
                return live => StrategicMergePatch.Apply(live, (JsonObject)strategic.DeepClone(), resource.Schema);
            default:
                throw ApiStatusException.UnsupportedMediaType("415: Unsupported Media Type");
        }
    }

    private static Task<(JsonObject Object, bool Created)> ApplyAsync(
        RequestContext context, ServedResource resource, string ns, string name, string subresource, byte[] body, WriteOptions options)
    {
        var problems = new DecodingProblems(options.FieldValidation);
        var applied = ObjectReader.Parse(body, Apply, resource.Type.Kind, problems) as JsonObject
            ?? throw ApiStatusException.BadRequest("error decoding YAML: the patch is not an object");
        problems.Report(context.Warnings);
        CheckApplied(resource, applied, ns, name);

        var update = new UpdateOperation(context, resource, subresource, options) { Managed = false, CreateWhenAbsent = subresource.Length == 0 };
        return update.RunAsync(ns, name, live =>
        {
            if (live is not null && applied.Object("metadata").String("resourceVersion") is { Length: > 0 } version
                && version != ObjectMetadata.ResourceVersion(live))
            {
                throw ApiStatusException.Conflict(resource.Group, resource.Plural, name,
                    "the object has been modified; please apply your changes to the latest version and try again");
            }
            var merged = resource.Fields.Apply(live, applied, options.FieldManager, options.Force, subresource, context.Now);
            ObjectReader.ReadPatched(resource, merged, options, context.Warnings);
            return merged;
        });
    }

    private static void CheckApplied(ServedResource resource, JsonObject applied, string ns, string name)
    {
        var apiVersion = applied.String("apiVersion") ?? "";
        var kind = applied.String("kind") ?? "";
        if (kind.Length == 0)
            throw ApiStatusException.BadRequest("invalid object type: /, Kind=: kind must be set in an apply patch");
        if (kind != resource.Type.Kind || apiVersion != resource.Type.ApiVersion)
            throw ObjectReader.WrongKind(resource.Type.Kind, resource.Type.ApiVersion, kind, apiVersion);
        var metadata = applied.ObjectOrNew("metadata");
        if (metadata.String("name") is { Length: > 0 } sent && sent != name)
            throw ApiStatusException.BadRequest($"the name of the object ({sent}) does not match the name on the URL ({name})");
        metadata["name"] = name;
        if (resource.Type.Namespaced && metadata.String("namespace") is { Length: > 0 } sentNamespace && sentNamespace != ns)
            throw ApiStatusException.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
    }

    private static JsonNode? ParsePatch(byte[] body, string kind)
    {
        try
        {
            return JsonText.Parse(body);
        }
        catch (System.Text.Json.JsonException e)
        {
            throw ApiStatusException.BadRequest($"error decoding patch: {e.Message} (patch of {kind})");
        }
    }

    private static JsonObject AsObject(JsonNode? patched, ServedResource resource) =>
        patched as JsonObject ?? throw ApiStatusException.BadRequest($"the patch leaves no object of kind {resource.Type.Kind}");
}
