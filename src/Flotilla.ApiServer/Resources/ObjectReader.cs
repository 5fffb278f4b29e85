using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds.Decoding;
using Flotilla.ApiServer.Protobuf;
using Flotilla.ApiServer.Requests;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;

namespace Flotilla.ApiServer.Resources;

/// <summary>From the bytes of a body to an object of the resource: parsed, checked for its kind, decoded, defaulted.</summary>
internal static class ObjectReader
{
    public const string AcceptedBodies = "application/json, application/yaml, application/vnd.kubernetes.protobuf";

    /// <summary>Parses a body that must be an object of the resource (or of a subresource's kind).</summary>
    public static JsonObject Read(ServedResource resource, byte[] body, string mediaType, WriteOptions options, Warnings warnings)
    {
        var problems = new DecodingProblems(options.FieldValidation);
        var parsed = Parse(body, mediaType, resource.Type.Kind, problems, resource.IsCustom ? null : resource.Type.ApiVersion);
        var obj = parsed switch
        {
            JsonObject map => map,
            null when !resource.IsCustom => [],
            _ => throw Unrecognized(resource.Type.Kind, $"json parse error: json: cannot unmarshal {NameOf(parsed)} into an object"),
        };
        CheckKind(resource, obj);
        Decode(resource, obj, problems);
        problems.Report(warnings, $"{resource.Type.Kind} in version \"{resource.Type.Version}\" cannot be handled as a {resource.Type.Kind}: ");
        return obj;
    }

    /// <summary>Decodes an object that a patch made; its unknown fields count like those of a body.</summary>
    /// <exception cref="ApiStatusException">422: what the patch made is not an object of the resource.</exception>
    public static void ReadPatched(ServedResource resource, JsonObject obj, WriteOptions options, Warnings warnings)
    {
        var problems = new DecodingProblems(options.FieldValidation);
        // The decoder works in place, and a failure shows the object as it was.
        var text = resource.IsCustom ? null : obj.ToJsonString();
        try
        {
            CheckKind(resource, obj);
            Decode(resource, obj, problems);
            problems.Report(warnings, $"{resource.Type.Kind} in version \"{resource.Type.Version}\" cannot be handled as a {resource.Type.Kind}: ");
        }
        catch (ApiStatusException e) when (e.Status is { Code: 400, Causes.Count: 0 } && !problems.IsStrictFailure)
        {
            throw ApiStatusException.Invalid("", "", "", [FieldError.Invalid("patch", text ?? obj.ToJsonString(), e.Message)]);
        }
    }

    /// <summary>Parses a body that is not an object of a resource (delete options, patches).</summary>
    /// <param name="expected">The kind that it should be of.</param>
    /// <param name="apiVersion">The version of that kind; null when the kind has no protobuf form, as those of CRDs.</param>
    public static JsonNode? Parse(byte[] body, string mediaType, string expected, DecodingProblems problems, string? apiVersion = null)
    {
        try
        {
            switch (mediaType)
            {
                case "application/json":
                    return JsonText.Parse(body, problems.Duplicate);
                case "application/yaml" or "application/vnd.kubernetes+yaml" or "application/apply-patch+yaml":
                    return ParseYaml(body, problems);
                case MediaTypes.Protobuf when apiVersion is not null:
                    return ProtobufReader.Read(body, apiVersion, expected);
                default:
                    throw ApiStatusException.UnsupportedMediaType(
                        $"the body of the request was in an unknown format - accepted media types include: {AcceptedBodies}");
            }
        }
        catch (JsonException e)
        {
            throw Unrecognized(expected, $"couldn't get version/kind; json parse error: {e.Message} ({Excerpt(body)})");
        }
        catch (ProtobufException e) when (e.Kind is { } kind)
        {
            throw TypedDecoding.Unreadable(VersionOf(e.ApiVersion!), kind, expected, e.Message);
        }
        catch (ProtobufException e)
        {
            throw Unrecognized(expected, $"{e.Message} ({Excerpt(body)})");
        }
        catch (YamlReadException e)
        {
            throw Unrecognized(expected, $"yaml: line {e.Line}: {e.Problem} ({Excerpt(body)})");
        }
    }

    private static JsonNode? ParseYaml(byte[] body, DecodingProblems problems)
    {
        var duplicates = new List<YamlDuplicateKey>();
        var content = YamlReader.ReadFirst(body, duplicates.Add).Content;
        if (duplicates.Count > 0)
            problems.DuplicateInYaml(duplicates);
        return content;
    }

    private static void Decode(ServedResource resource, JsonObject obj, DecodingProblems problems)
    {
        resource.Decode(obj, problems.Unknown);
        resource.Rules.Default(obj);
        PutHeadFirst(obj);
    }

    private static void CheckKind(ServedResource resource, JsonObject obj)
    {
        var kind = obj.String("kind") ?? "";
        var apiVersion = obj.String("apiVersion") ?? "";
        if (resource.IsCustom)
        {
            if (kind.Length == 0)
                throw ApiStatusException.BadRequest($"Object 'Kind' is missing in '{obj.ToJsonString()}'");
            if (apiVersion.Length == 0)
                throw ApiStatusException.BadRequest($"Object 'apiVersion' is missing in '{obj.ToJsonString()}'");
        }
        if (kind.Length == 0)
            obj["kind"] = kind = resource.Type.Kind;
        if (apiVersion.Length == 0)
            obj["apiVersion"] = apiVersion = resource.Type.ApiVersion;
        if (kind != resource.Type.Kind || apiVersion != resource.Type.ApiVersion)
            throw WrongKind(resource.Type.Kind, resource.Type.ApiVersion, kind, apiVersion);
    }

    public static ApiStatusException WrongKind(string kind, string apiVersion, string gotKind, string gotApiVersion) =>
        gotKind != kind
            ? ApiStatusException.BadRequest(
                $"{gotKind} in version {FieldError.Quote(VersionOf(gotApiVersion))} cannot be handled as a {kind}: converting ({gotApiVersion}.{gotKind}) to ({apiVersion}.{kind}): unknown conversion")
            : ApiStatusException.BadRequest(
                $"the API version in the data ({gotApiVersion}) does not match the expected API version ({apiVersion})");

    /// <summary>Objects begin with kind, apiVersion and metadata, so that lists can cut what their items go without.</summary>
    public static void PutHeadFirst(JsonObject obj)
    {
        MoveTo(obj, 0, "kind");
        MoveTo(obj, 1, "apiVersion");
        if (obj.Object("metadata") is null)
            obj["metadata"] = new JsonObject();
        MoveTo(obj, 2, "metadata");
    }

    private static void MoveTo(JsonObject obj, int index, string key)
    {
        var at = obj.IndexOf(key);
        if (at == index)
            return;
        var value = obj[key];
        obj.RemoveAt(at);
        obj.Insert(index, key, value);
    }

    private static ApiStatusException Unrecognized(string expected, string why) =>
        ApiStatusException.BadRequest($"the object provided is unrecognized (must be of type {expected}): {why}");

    private static string VersionOf(string apiVersion) => apiVersion[(apiVersion.IndexOf('/', StringComparison.Ordinal) + 1)..];

    private static string NameOf(JsonNode? node) => node switch
    {
        JsonArray => "array",
        JsonValue value when value.GetValueKind() == JsonValueKind.String => "string",
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => "number",
        _ => "bool",
    };

    // JSON objects are shown as they are, everything else in hexadecimal digits.
    private static string Excerpt(byte[] body)
    {
        const int Most = 30;
        if (body.Length == 0)
            return "<empty>";
        var start = body.AsSpan(0, Math.Min(body.Length, Most));
        return (body[0] == '{' ? Encoding.UTF8.GetString(start) : Convert.ToHexStringLower(start)) + (body.Length > Most ? " ..." : "");
    }
}

/// <summary>Duplicate and unknown fields of one body, told as the client wished: not at all, as warnings, or as a failure.</summary>
internal sealed class DecodingProblems(FieldValidation validation)
{
    private const int Most = 32;
    private readonly List<string> texts = [];

    public void Duplicate(string path) => Add($"duplicate field \"{path}\"");

    /// <summary>All keys of a YAML body that stand twice, told as one problem.</summary>
    public void DuplicateInYaml(IEnumerable<YamlDuplicateKey> keys) =>
        Add("yaml: unmarshal errors:" + string.Concat(keys.Take(Most).Select(k => $"\n  line {k.Line}: key {FieldError.Quote(k.Key)} already set in map")));

    public void Unknown(string path) => Add($"unknown field \"{path}\"");

    /// <summary>Whether it was these problems that made <see cref="Report"/> fail.</summary>
    public bool IsStrictFailure => validation == FieldValidation.Strict && texts.Count > 0;

    public void Report(Warnings warnings, string prefix = "")
    {
        if (texts.Count == 0 || validation == FieldValidation.Ignore)
            return;
        if (validation == FieldValidation.Strict)
            throw ApiStatusException.BadRequest($"{prefix}strict decoding error: {string.Join(", ", texts)}");
        warnings.AddRange(texts);
    }

    private void Add(string text)
    {
        if (texts.Count < Most && !texts.Contains(text))
            texts.Add(text);
    }
}
