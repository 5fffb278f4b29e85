using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Admission.Webhooks;

/// <summary>What a webhook said.</summary>
/// <param name="Allowed">Whether the request may go on.</param>
/// <param name="Status">Details of a refusal.</param>
/// <param name="Patch">JSON patch (RFC 6902), null for none.</param>
/// <param name="Warnings">Texts for the user.</param>
internal sealed record WebhookAnswer(bool Allowed, JsonObject? Status, byte[]? Patch, IReadOnlyList<string> Warnings);

/// <summary>AdmissionReview (<c>admission.k8s.io/v1</c> and <c>v1beta1</c>): the question to a webhook and its answer.</summary>
internal static class WebhookReview
{
    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = JsonText.MaxDepth + 16,
        SkipValidation = true,
    };

    /// <summary>The question without the objects; conditions see it as <c>request</c>.</summary>
    public static JsonObject Request(AdmissionAttributes attributes, string uid)
    {
        var request = new JsonObject
        {
            ["uid"] = uid,
            ["kind"] = Kind(attributes.Kind),
            ["resource"] = Resource(attributes.Resource),
            ["requestKind"] = Kind(attributes.Kind),
            ["requestResource"] = Resource(attributes.Resource),
        };
        Set(request, "subResource", attributes.Subresource);
        Set(request, "requestSubResource", attributes.Subresource);
        Set(request, "name", attributes.Name);
        Set(request, "namespace", attributes.Namespace);
        request["operation"] = attributes.Operation;
        request["userInfo"] = User(attributes);
        request["dryRun"] = attributes.DryRun;
        request["options"] = attributes.Options?.DeepClone();
        return request;
    }

    /// <summary>The whole question as JSON; objects are written, not copied.</summary>
    public static ReadOnlyMemory<byte> Write(string version, JsonObject request, AdmissionAttributes attributes)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", "AdmissionReview");
            writer.WriteString("apiVersion", $"admission.k8s.io/{version}");
            writer.WriteStartObject("request");
            foreach (var (key, value) in request)
                WriteMember(writer, key, value);
            WriteMember(writer, "object", attributes.Object);
            WriteMember(writer, "oldObject", attributes.OldObject);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    /// <summary>Reads and checks an answer.</summary>
    /// <exception cref="WebhookCallException">It is no answer to the question, or holds what it may not.</exception>
    public static WebhookAnswer Read(JsonObject review, string version, string uid, bool mutating)
    {
        var response = review.Object("response") ?? throw Invalid("webhook response was absent");
        if (version == "v1")
        {
            if (response.String("uid") != uid)
                throw Invalid($"expected response.uid={FieldError.Quote(uid)}, got {FieldError.Quote(response.String("uid") ?? "")}");
            if (review.String("apiVersion") != "admission.k8s.io/v1" || review.String("kind") != "AdmissionReview")
                throw Invalid($"expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got {GroupVersion(review)}, Kind={review.String("kind")}");
        }
        return new WebhookAnswer(
            response.Member("allowed").AsBoolOrNull() ?? false,
            response.Object("status"),
            Patch(response, version, mutating),
            [.. (response.Array("warnings") ?? []).Select(w => w.AsStringOrNull()).OfType<string>()]);
    }

    private static byte[]? Patch(JsonObject response, string version, bool mutating)
    {
        var text = response.String("patch");
        var type = response.String("patchType");
        if (!mutating && version == "v1")
        {
            if (!string.IsNullOrEmpty(text))
                throw Invalid("validating webhook may not return response.patch");
            if (type is not null)
                throw Invalid("validating webhook may not return response.patchType");
        }
        if (!mutating)
            return null;
        if (version == "v1")
        {
            if (!string.IsNullOrEmpty(text) && type is null)
                throw Invalid("webhook returned response.patch but not response.patchType");
            if (string.IsNullOrEmpty(text) && type is not null)
                throw Invalid("webhook returned response.patchType but not response.patch");
            if (type?.Length == 0)
                throw Invalid("webhook returned invalid response.patchType of \"\"");
        }
        if (string.IsNullOrEmpty(text))
            return null;
        if (type is not (null or "JSONPatch"))
            throw new WebhookCallException($"unsupported patch type {FieldError.Quote(type)}");
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException e)
        {
            throw new WebhookCallException($"failed to call webhook: illegal base64 data in response.patch: {e.Message}", e);
        }
    }

    private static JsonObject User(AdmissionAttributes attributes)
    {
        var user = new JsonObject();
        Set(user, "username", attributes.User.Name);
        Set(user, "uid", attributes.User.Uid ?? "");
        if (attributes.User.Groups.Count > 0)
            user["groups"] = Texts(attributes.User.Groups);
        if (attributes.User.Extra.Count > 0)
            user["extra"] = new JsonObject(attributes.User.Extra.Select(e => KeyValuePair.Create<string, JsonNode?>(e.Key, Texts(e.Value))));
        return user;
    }

    private static JsonArray Texts(IReadOnlyList<string> texts) => new([.. texts.Select(t => (JsonNode?)JsonValue.Create(t))]);

    private static JsonObject Kind(ObjectKind kind) => new() { ["group"] = kind.Group, ["version"] = kind.Version, ["kind"] = kind.Kind };

    private static JsonObject Resource(ResourceType resource) =>
        new() { ["group"] = resource.Group, ["version"] = resource.Version, ["resource"] = resource.Plural };

    private static string GroupVersion(JsonObject review) => review.String("apiVersion") is { Length: > 0 } version ? version : "/";

    private static void Set(JsonObject map, string key, string value)
    {
        if (value.Length > 0)
            map[key] = value;
    }

    private static void WriteMember(Utf8JsonWriter writer, string key, JsonNode? value)
    {
        writer.WritePropertyName(key);
        if (value is null)
            writer.WriteNullValue();
        else
            value.WriteTo(writer);
    }

    private static WebhookCallException Invalid(string why) => new($"received invalid webhook response: {why}");
}
