using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Core;

/// <summary>Secrets.</summary>
internal sealed class SecretKind() : BuiltInKind
{
    private const string Redacted = "<secret contents redacted>";

    private static readonly Dictionary<string, Func<JsonObject, string>> Fields = new() { ["type"] = secret => secret.Text("type") };

    public override IReadOnlyDictionary<string, Func<JsonObject, string>> SelectableFields => Fields;

    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.Change | MetadataChecks.Whole;

    public override string UnknownFieldLabel(string label) => $"field label not supported: {label}";

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var (path, data) = (FieldPath.Of("data"), obj.Object("data"));
        DataRules.Keys(problems, path, data);
        if (DataRules.DecodedSize(data) > DataRules.MaxSize)
            problems.TooLong(path, DataRules.MaxSize);
        switch (obj.Text("type"))
        {
            case "kubernetes.io/service-account-token":
                const string account = "kubernetes.io/service-account.name";
                if (obj.Object("metadata").Object("annotations").Text(account).Length == 0)
                    problems.Required(FieldPath.Metadata["annotations"].Key(account));
                break;
            case "kubernetes.io/dockercfg":
                JsonIn(problems, path, data, ".dockercfg");
                break;
            case "kubernetes.io/dockerconfigjson":
                JsonIn(problems, path, data, ".dockerconfigjson");
                break;
            case "kubernetes.io/basic-auth" when !data.Has("username") && !data.Has("password"):
                problems.Required(path.Key("username"));
                problems.Required(path.Key("password"));
                break;
            case "kubernetes.io/ssh-auth" when data.Text("ssh-privatekey").Length == 0:
                problems.Required(path.Key("ssh-privatekey"));
                break;
            case "kubernetes.io/tls":
                foreach (var key in (ReadOnlySpan<string>)["tls.crt", "tls.key"])
                {
                    if (!data.Has(key))
                        problems.Required(path.Key(key));
                }
                break;
        }
    }

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old)
    {
        problems.Unchanged(FieldPath.Of("type"), obj.Member("type"), old.Member("type"));
        DataRules.Immutable(problems, obj, old, "data");
    }

    private static void JsonIn(FieldProblems problems, FieldPath path, JsonObject? data, string key)
    {
        if (!data.Has(key))
        {
            problems.Required(path.Key(key));
            return;
        }
        if (Problem(Convert.FromBase64String(data.Text(key))) is { } problem)
            problems.Invalid(path.Key(key), Redacted, problem);
    }

    private static string? Problem(byte[] text)
    {
        try
        {
            using var parsed = JsonDocument.Parse(text);
            var kind = parsed.RootElement.ValueKind;
            return kind is JsonValueKind.Object or JsonValueKind.Null
                ? null
                : $"json: cannot unmarshal {kind switch { JsonValueKind.Array => "array", JsonValueKind.String => "string", JsonValueKind.Number => "number", _ => "bool" }} into Go value of type map[string]interface {{}}";
        }
        catch (JsonException)
        {
            return text.Length == 0 ? "unexpected end of JSON input" : $"invalid character '{Encoding.UTF8.GetString(text)[0]}' looking for beginning of value";
        }
    }
}
