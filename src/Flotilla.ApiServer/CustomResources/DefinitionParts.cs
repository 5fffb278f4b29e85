using System.Text;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Text;

namespace Flotilla.ApiServer.CustomResources;

/// <summary>The rules for the parts of a CRD that are not schemas.</summary>
internal static class DefinitionParts
{
    private const int MostSelectableFields = 8;
    private static readonly string[] ColumnTypes = ["boolean", "date", "integer", "number", "string"];
    private static readonly string[] ColumnFormats = ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"];

    /// <summary>Names in the spec or accepted in the status; empty ones are somebody else's matter.</summary>
    public static void Names(FieldProblems problems, FieldPath path, JsonObject? names)
    {
        Label("plural");
        Label("singular");
        MixedCase("kind");
        MixedCase("listKind");
        Labels("shortNames");
        if (names.String("kind") is { Length: > 0 } kind && kind == names.String("listKind"))
            problems.Invalid(path["listKind"], kind, "kind and listKind may not be the same");
        Labels("categories");

        void Label(string field)
        {
            if (names.String(field) is { Length: > 0 } name && DnsNames.Label1035Problem(name) is { } problem)
                problems.Invalid(path[field], name, problem);
        }

        void MixedCase(string field)
        {
            if (names.String(field) is { Length: > 0 } name && DnsNames.Label1035Problem(name.ToLowerInvariant()) is { } problem)
                problems.Invalid(path[field], name, "may have mixed case, but should otherwise match: " + problem);
        }

        void Labels(string field)
        {
            var list = names.Array(field) ?? [];
            for (var i = 0; i < list.Count; i++)
            {
                var name = list[i].AsStringOrNull() ?? "";
                if (DnsNames.Label1035Problem(name) is { } problem)
                    problems.Invalid(path[field][i], name, problem);
            }
        }
    }

    public static void DeprecationWarning(FieldProblems problems, DefinitionVersion version)
    {
        var path = version.Path["deprecationWarning"];
        if (version.Source.String("deprecationWarning") is not { } text)
            return;
        if (version.Source.Member("deprecated").AsBoolOrNull() != true)
        {
            problems.Invalid(path, text, "can only be set for deprecated versions");
            return;
        }
        if (Encoding.UTF8.GetByteCount(text) > 256)
            problems.Invalid(path, text, "must be <= 256 characters long");
        if (text.Length == 0)
            problems.Invalid(path, text, "must not be an empty string");
        var index = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsControl(rune) || (Rune.IsWhiteSpace(rune) && rune.Value != ' '))
            {
                problems.Invalid(path, text, $"must only contain printable UTF-8 characters; non-printable character found at index {index}");
                return;
            }
            index += rune.Utf8SequenceLength;
        }
    }

    public static void Columns(FieldProblems problems, FieldPath path, JsonArray? columns)
    {
        for (var i = 0; i < (columns?.Count ?? 0); i++)
        {
            var column = columns![i];
            if (string.IsNullOrEmpty(column.String("name")))
                problems.Required(path[i]["name"]);
            var types = $"must be one of {string.Join(',', ColumnTypes)}";
            if (string.IsNullOrEmpty(column.String("type")))
                problems.Required(path[i]["type"], types);
            else if (!ColumnTypes.Contains(column.String("type")))
                problems.Invalid(path[i]["type"], column.String("type"), types);
            if (column.String("format") is { Length: > 0 } format && !ColumnFormats.Contains(format))
                problems.Invalid(path[i]["format"], format, $"must be one of {string.Join(',', ColumnFormats)}");
            SimplePath(problems, path[i]["JSONPath"], column.String("jsonPath"));
        }
    }

    public static void Subresources(FieldProblems problems, FieldPath path, JsonObject? subresources)
    {
        if (subresources.Object("scale") is not { } scale)
            return;
        if (SimplePath(problems, path["scale.specReplicasPath"], scale.String("specReplicasPath")) is { } spec && !Below(spec, ".spec."))
            problems.Invalid(path["scale.specReplicasPath"], spec, "should be a json path under .spec");
        if (SimplePath(problems, path["scale.statusReplicasPath"], scale.String("statusReplicasPath")) is { } status && !Below(status, ".status."))
            problems.Invalid(path["scale.statusReplicasPath"], status, "should be a json path under .status");
        if (scale.String("labelSelectorPath") is { Length: > 0 } declared && SimplePath(problems, path["scale.labelSelectorPath"], declared) is { } selector
            && !Below(selector, ".spec.") && !Below(selector, ".status."))
        {
            problems.Invalid(path["scale.labelSelectorPath"], selector, "should be a json path under either .spec or .status");
        }
    }

    private static bool Below(string path, string prefix) => path.StartsWith(prefix, StringComparison.Ordinal);

    /// <summary>Answers the path when it is one.</summary>
    private static string? SimplePath(FieldProblems problems, FieldPath path, string? value)
    {
        if (string.IsNullOrEmpty(value))
            problems.Required(path);
        else if (value[0] != '.')
            problems.Invalid(path, value, "must be a simple json path starting with .");
        else
            return value;
        return null;
    }

    public static void SelectableFields(FieldProblems problems, FieldPath path, JsonArray declared, SchemaProps schema, bool mayBeMany)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < declared.Count; i++)
        {
            var where = path[i]["jsonPath"];
            if (declared[i].String("jsonPath") is not { Length: > 0 } field)
            {
                problems.Required(where);
                continue;
            }
            if (RulePath.Resolve(field, schema, out var found, brackets: false) is not { } resolved)
            {
                problems.Invalid(where, field, $"is an invalid path: {found.Problem}");
                continue;
            }
            if (resolved.Split('.', '[')[0] == "metadata")
                problems.Invalid(where, field, "must not point to fields in metadata");
            if (found.Schema?.Type is not ("string" or "boolean" or "integer"))
                problems.Invalid(where, field, "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.");
            if (!known.Add(resolved))
                problems.Duplicate(where, field);
        }
        if (known.Count > MostSelectableFields && !mayBeMany)
            problems.TooMany(path, known.Count, MostSelectableFields);
    }

    public static void Conversion(FieldProblems problems, FieldPath path, DefinitionSpec spec, bool requireKnownVersion)
    {
        if (spec.Source.Object("conversion") is not { } conversion)
            return;
        var strategy = conversion.String("strategy") ?? "";
        if (strategy != "None" && spec.PreservesUnknownFields)
            problems.Invalid(path["strategy"], strategy, "must be None if spec.preserveUnknownFields is true");
        problems.RequiredOneOf(path["strategy"], strategy, "None", "Webhook");
        var webhook = conversion.Object("webhook");
        var client = webhook.Object("clientConfig");
        var versions = webhook.Array("conversionReviewVersions");
        if (strategy != "Webhook")
        {
            if (client is not null)
                problems.Forbidden(path["webhookClientConfig"], "should not be set when strategy is not set to Webhook");
            if (versions is { Count: > 0 })
                problems.Forbidden(path["conversionReviewVersions"], "should not be set when strategy is not set to Webhook");
            return;
        }
        if (client is null)
            problems.Required(path["webhookClientConfig"], "required when strategy is set to Webhook");
        else
            WebhookClient.Validate(problems, path["webhookClientConfig"], client);
        ReviewVersions(problems, path["conversionReviewVersions"], versions, requireKnownVersion);
    }

    public static bool HasKnownReviewVersion(JsonArray? versions) =>
        versions is null or { Count: 0 } || versions.Any(v => v.AsStringOrNull() is "v1" or "v1beta1");

    private static void ReviewVersions(FieldProblems problems, FieldPath path, JsonArray? versions, bool requireKnownVersion)
    {
        if (versions is null or { Count: 0 })
        {
            problems.Required(path);
            return;
        }
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < versions.Count; i++)
        {
            var version = versions[i].AsStringOrNull() ?? "";
            if (!seen.Add(version))
                problems.Invalid(path[i], version, "duplicate version");
            else
                problems.Invalid(path[i], version, Kinds.Names.Dns1035LabelProblems(version));
        }
        if (requireKnownVersion && !HasKnownReviewVersion(versions))
            problems.Invalid(path, versions, "must include at least one of v1, v1beta1");
    }
}
