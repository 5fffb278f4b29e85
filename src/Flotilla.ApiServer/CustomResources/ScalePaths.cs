using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Resources;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.CustomResources;

/// <summary>The <c>scale</c> subresource of a custom resource: an autoscaling/v1 Scale over some of its fields.</summary>
internal sealed class ScalePaths(JsonObject scale) : IScaleMapping
{
    private const int NotSet = int.MinValue;

    private readonly string specReplicasPath = scale.String("specReplicasPath") ?? "";
    private readonly string statusReplicasPath = scale.String("statusReplicasPath") ?? "";
    private readonly string labelSelectorPath = scale.String("labelSelectorPath") ?? "";

    /// <summary>The fields that lead to the wanted replicas, as <c>spec</c>, <c>replicas</c>; managed fields of a Scale stand for these.</summary>
    public IReadOnlyList<string> ReplicasPath { get; } = Split(scale.String("specReplicasPath") ?? "");

    /// <summary>The Scale of an object, as a GET shows it.</summary>
    /// <exception cref="ApiStatusException">500 when the object has no replicas, or something else is in their place (so does kube-apiserver).</exception>
    public JsonObject Read(JsonObject obj)
    {
        var shown = Make(obj, out var found);
        return found ? shown : throw new ApiStatusException(new ApiStatus(
            500, "InternalError", $"Internal error occurred: the spec replicas field \"{specReplicasPath}\" does not exist")
        { Causes = [new StatusCause(null, $"the spec replicas field \"{specReplicasPath}\" does not exist", null)] });
    }

    /// <summary>The Scale that a change starts from: replicas that are not set are the smallest number.</summary>
    /// <exception cref="ApiStatusException">500 when something else is in the place of the numbers.</exception>
    public JsonObject ReadForUpdate(JsonObject obj)
    {
        var shown = Make(obj, out var found);
        if (!found)
            shown["spec"] = new JsonObject { ["replicas"] = (long)NotSet };
        return shown;
    }

    /// <summary>Writes the wanted replicas of a Scale into an object, in place. All else in the Scale is for show.</summary>
    /// <exception cref="ApiStatusException">400 when the Scale sets none.</exception>
    public void Write(JsonObject obj, JsonObject changed)
    {
        var replicas = changed.Object("spec").Member("replicas").AsInt64OrNull() ?? 0;
        if (replicas == NotSet)
            throw ApiStatusException.BadRequest($"the spec replicas field \"{specReplicasPath}\" cannot be empty");
        var map = obj;
        for (var i = 0; i < ReplicasPath.Count - 1; i++)
            map = map.ObjectOrNew(ReplicasPath[i]);
        map[ReplicasPath[^1]] = replicas;
    }

    /// <summary>What keeps a Scale from being made of an object.</summary>
    public IEnumerable<FieldError> Validate(JsonObject obj, bool statusOnly)
    {
        if (!statusOnly)
        {
            foreach (var error in Replicas(obj, specReplicasPath))
                yield return error;
        }
        foreach (var error in Replicas(obj, statusReplicasPath))
            yield return error;
        if (SelectorProblem(obj, out _) is { } wrong)
            yield return FieldError.Invalid(labelSelectorPath, "", wrong);
    }

    private string? SelectorProblem(JsonObject obj, out string? selector)
    {
        selector = null;
        if (labelSelectorPath.Length == 0)
            return null;
        var problem = Nested(obj, labelSelectorPath, out var value, out var found) ?? (found ? TypeProblem(labelSelectorPath, value, "string") : null);
        selector = value.AsStringOrNull();
        return problem;
    }

    private static IEnumerable<FieldError> Replicas(JsonObject obj, string path)
    {
        var problem = Nested(obj, path, out var value, out var found) ?? (found ? TypeProblem(path, value, "int64") : null);
        var replicas = value.AsInt64OrNull() ?? 0;
        if (problem is not null)
            yield return FieldError.Invalid(path, 0L, problem);
        else if (replicas < 0)
            yield return FieldError.Invalid(path, replicas, "should be a non-negative integer");
        else if (replicas > int.MaxValue)
            yield return FieldError.Invalid(path, replicas, string.Create(CultureInfo.InvariantCulture, $"should be less than or equal to {int.MaxValue}"));
    }

    private JsonObject Make(JsonObject obj, out bool found)
    {
        var wanted = Number(obj, specReplicasPath, out found);
        var actual = Number(obj, statusReplicasPath, out _);
        var status = new JsonObject { ["replicas"] = actual };
        if (SelectorProblem(obj, out var selector) is { } wrong)
            throw Failure(wrong);
        if (!string.IsNullOrEmpty(selector))
            status["selector"] = selector;
        var metadata = new JsonObject();
        foreach (var name in (string[])["name", "namespace", "uid", "resourceVersion", "creationTimestamp"])
        {
            if (obj.Object("metadata").String(name) is { Length: > 0 } value)
                metadata[name] = value;
        }
        var spec = new JsonObject();
        if (wanted != 0)
            spec["replicas"] = wanted;
        return new JsonObject { ["kind"] = "Scale", ["apiVersion"] = "autoscaling/v1", ["metadata"] = metadata, ["spec"] = spec, ["status"] = status };
    }

    private static long Number(JsonObject obj, string path, out bool found)
    {
        var problem = Nested(obj, path, out var value, out found) ?? (found ? TypeProblem(path, value, "int64") : null);
        return problem is null ? (int)(value.AsInt64OrNull() ?? 0) : throw Failure(problem);
    }

    private static ApiStatusException Failure(string problem) => new(new ApiStatus(500, "InternalError", problem));

    private static string[] Split(string path) => (path.StartsWith('.') ? path[1..] : path).Split('.');

    /// <summary>Goes down fields; the problem, if any, in Go's words.</summary>
    private static string? Nested(JsonObject obj, string path, out JsonNode? value, out bool found)
    {
        JsonNode? node = obj;
        var fields = Split(path);
        (value, found) = (null, false);
        for (var i = 0; i < fields.Length; i++)
        {
            if (node is null)
                return null;
            if (node is not JsonObject map)
                return TypeProblem("." + string.Join('.', fields[..(i + 1)]), node, "map[string]interface{}");
            if (!map.TryGetPropertyValue(fields[i], out node))
                return null;
        }
        (value, found) = (node, true);
        return null;
    }

    private static string? TypeProblem(string path, JsonNode? value, string expected)
    {
        var actual = value?.GetValueKind() switch
        {
            null or JsonValueKind.Null => "<nil>",
            JsonValueKind.String => "string",
            JsonValueKind.Number => ((JsonValue)value).TryGetValue(out long _) ? "int64" : "float64",
            JsonValueKind.Array => "[]interface {}",
            JsonValueKind.Object => "map[string]interface {}",
            _ => "bool",
        };
        var shown = value is null ? "<nil>" : value.AsStringOrNull() ?? value.ToJsonString();
        return actual == expected ? null : $"{path} accessor error: {shown} is of the type {actual}, expected {expected}";
    }
}
