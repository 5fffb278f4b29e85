using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Patches;

/// <summary>
/// JSON patch (RFC 6902), with the reading of kube-apiserver's library (evanphx/json-patch v4): <c>replace</c> of an absent
/// field adds it, <c>test</c> of an absent field against null holds, negative indices count from the end.
/// </summary>
public static class JsonPatch
{
    /// <summary>Most operations in one patch.</summary>
    public const int MaxOperations = 10_000;

    /// <summary>Most bytes that all <c>copy</c> operations of one patch may add.</summary>
    public const long MaxCopiedBytes = 3 * 1024 * 1024;

    private static readonly string[] OperationFields = ["op", "path", "from", "value"];

    /// <summary>Applies a patch; neither argument is changed, the result is a tree of its own.</summary>
    /// <exception cref="ApiStatusException">
    /// 400: the patch is not a list of operations; 413: too many of them; 422: an operation does not apply, or a test fails.
    /// </exception>
    public static JsonNode? Apply(JsonNode? original, JsonNode? patch)
    {
        var operations = Read(patch);
        var document = new PatchedDocument(original?.DeepClone());
        foreach (var operation in operations)
            Apply(document, operation);
        return document.Detach();
    }

    /// <summary>Fields of operations that mean nothing, as strict field validation names them: <c>json patch unknown field "[0].x"</c>.</summary>
    public static IEnumerable<string> UnknownFields(JsonNode? patch)
    {
        if (patch is not JsonArray list)
            yield break;
        for (var i = 0; i < list.Count; i++)
        {
            foreach (var (field, _) in list[i] as JsonObject ?? [])
            {
                if (!OperationFields.Contains(field))
                    yield return $"json patch unknown field \"[{i}].{field}\"";
            }
        }
    }

    private static List<JsonObject?> Read(JsonNode? patch)
    {
        if (patch is null)
            return [];
        if (patch is not JsonArray list)
            throw PatchErrors.WrongType(GoText.JsonType(patch), "[]handlers.jsonPatchOp");
        var operations = new List<JsonObject?>(list.Count);
        foreach (var entry in list)
        {
            if (entry is not null and not JsonObject)
                throw PatchErrors.WrongType(GoText.JsonType(entry), "handlers.jsonPatchOp");
            foreach (var field in OperationFields.AsSpan(0, 3))
            {
                if (entry.Member(field) is { } value && value.AsStringOrNull() is null)
                    throw PatchErrors.Malformed($"error decoding patch: json: cannot unmarshal {GoText.JsonType(value)} into Go struct field jsonPatchOp.{field} of type string");
            }
            operations.Add((JsonObject?)entry);
        }
        if (operations.Count > MaxOperations)
            throw ApiStatusException.TooLarge($"Request entity is too large: The allowed maximum operations in a JSON patch is {MaxOperations}, got {operations.Count}");
        return operations;
    }

    private static void Apply(PatchedDocument document, JsonObject? operation)
    {
        var kind = operation.String("op") ?? "unknown";
        switch (kind)
        {
            case "add":
                document.Add(Pointer(operation, kind), operation.Member("value")?.DeepClone());
                break;
            case "remove":
                document.Remove(Pointer(operation, kind));
                break;
            case "replace":
                document.Replace(Pointer(operation, kind), operation.Member("value")?.DeepClone());
                break;
            case "test":
                document.Test(Pointer(operation, kind), operation.Member("value"));
                break;
            case "move":
                document.Move(Pointer(operation, kind, "from"), Pointer(operation, kind));
                break;
            case "copy":
                document.Copy(Pointer(operation, kind, "from"), Pointer(operation, kind));
                break;
            default:
                throw PatchErrors.DoesNotApply($"Unexpected kind: {kind}");
        }
    }

    private static string Pointer(JsonObject? operation, string kind, string field = "path") =>
        operation.String(field) ?? throw PatchErrors.DoesNotApply($"{kind} operation failed to decode {field}: missing value");
}
