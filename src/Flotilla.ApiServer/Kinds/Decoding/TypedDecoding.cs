using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Kinds.Decoding;

/// <summary>
/// What happens to a built-in object between a client's JSON and the object that others read: kube-apiserver decodes it into Go
/// structs and encodes these again. Types are checked, unknown fields and nulls go, quantities, times and bytes become canonical,
/// empty optional fields vanish and some fields appear that nobody sent (<c>status: {}</c>, <c>resources: {}</c>).
/// </summary>
internal static class TypedDecoding
{
    /// <summary>
    /// Does it in place, from any object of the schema. Answers what is wrong in Go's words (<c>json: cannot unmarshal string into
    /// Go struct field DeploymentSpec.spec.replicas of type int32</c>), or null; after a problem the object is half done.
    /// </summary>
    /// <param name="obj">The object; the decoder owns it.</param>
    /// <param name="schema">Schema of a built-in type.</param>
    /// <param name="onUnknownField">Gets the path of each dropped field, as <c>spec.template.spec.containers[0].bar</c>.</param>
    public static string? Decode(JsonObject obj, Schema schema, Action<string>? onUnknownField = null) =>
        new TypedDecoder(onUnknownField).DecodeObject(obj, GoType.Of(schema));

    /// <summary>Does it to the object in a request's body: also fills in or checks apiVersion and kind.</summary>
    /// <exception cref="ApiStatusException">400, in the words of kube-apiserver.</exception>
    public static void DecodeBody(JsonObject obj, ResourceType resource, Schema schema, Action<string>? onUnknownField = null)
    {
        CheckKind(obj, resource.Group, resource.Version, resource.Kind);
        if (Decode(obj, schema, onUnknownField) is { } problem)
            throw Unreadable(resource.Version, resource.Kind, resource.Kind, problem);
    }

    /// <summary>Fills in apiVersion and kind where they are missing, and refuses other kinds than the expected one (lists among them).</summary>
    /// <exception cref="ApiStatusException">400, in the words of kube-apiserver.</exception>
    public static void CheckKind(JsonObject obj, string group, string version, string kind)
    {
        var expected = group.Length == 0 ? version : $"{group}/{version}";
        var sentVersion = Text(obj, "apiVersion") is { Length: > 0 } given ? given : expected;
        var sentKind = Text(obj, "kind") is { Length: > 0 } named ? named : kind;
        var shortVersion = sentVersion[(sentVersion.IndexOf('/', StringComparison.Ordinal) + 1)..];
        if (sentKind != kind || sentVersion != expected)
        {
            var facts = BuiltInTypes.Instance;
            if (facts.Kind(sentVersion, sentKind) is null && facts.Kind(sentVersion, sentKind.EndsWith("List", StringComparison.Ordinal) ? sentKind[..^4] : sentKind) is null)
                throw Unreadable(shortVersion, sentKind, kind,
                    $"no kind \"{sentKind}\" is registered for version \"{sentVersion}\" in scheme \"pkg/api/legacyscheme/scheme.go:30\"");
            if (sentKind != kind)
                throw Unreadable(shortVersion, sentKind, kind, $"converting ({shortVersion}.{sentKind}) to ({Package(group)}.{kind}): unknown conversion");
            throw ApiStatusException.BadRequest($"the API version in the data ({sentVersion}) does not match the expected API version ({expected})");
        }
        obj["apiVersion"] = sentVersion;
        obj["kind"] = sentKind;
    }

    /// <summary>400: a body of the right form that does not fit the Go type.</summary>
    public static ApiStatusException Unreadable(string version, string sentKind, string kind, string problem) =>
        ApiStatusException.BadRequest($"{sentKind} in version \"{version}\" cannot be handled as a {kind}: {problem}");

    private static string? Text(JsonObject obj, string name)
    {
        var value = obj.Member(name);
        if (value is null || value.AsStringOrNull() is not null)
            return value.AsStringOrNull();
        throw ApiStatusException.BadRequest(
            $"couldn't get version/kind; json parse error: json: cannot unmarshal {TypedDecoder.JsonName(value)} into Go struct field .{name} of type string");
    }

    private static string Package(string group) => group.Length == 0 ? "core" : group.Split('.')[0];
}
