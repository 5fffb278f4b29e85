using System.Text.Json.Nodes;
using Flotilla.ApiServer.Authentication;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.ControlPlane;

/// <summary>
/// CertificateSigningRequests: the spec stays as it was created, <c>/approval</c> approves or denies for good, <c>/status</c> brings
/// the certificate once.
/// </summary>
internal sealed class SigningRequestKind() : BuiltInKind(KindTraits.Status, (_, _) => [])
{
    private const int ShortestLife = 600;

    private static readonly string[] Usages =
    [
        "any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment", "decipher only", "digital signature",
        "email protection", "encipher only", "ipsec end system", "ipsec tunnel", "ipsec user", "key agreement", "key encipherment", "microsoft sgc",
        "netscape sgc", "ocsp signing", "s/mime", "server auth", "signing", "timestamping",
    ];

    private static readonly Dictionary<string, Func<JsonObject, string>> Fields = new() { ["spec.signerName"] = request => request.Object("spec").Text("signerName") };

    public override IReadOnlyDictionary<string, Func<JsonObject, string>> SelectableFields => Fields;

    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.Change | MetadataChecks.Whole;

    public override string UnknownFieldLabel(string label) => $"field label not supported: {label}";

    public override void PrepareForCreate(JsonObject obj)
    {
        var spec = obj.ObjectOrNew("spec");
        foreach (var field in (ReadOnlySpan<string>)["username", "uid", "groups", "extra"])
            spec.Remove(field);
        obj["status"] = new JsonObject();
    }

    public override void NoteRequester(JsonObject obj, UserInfo user)
    {
        var spec = obj.ObjectOrNew("spec");
        spec["username"] = user.Name;
        if (!string.IsNullOrEmpty(user.Uid))
            spec["uid"] = user.Uid;
        if (user.Groups.Count > 0)
            spec["groups"] = new JsonArray([.. user.Groups.Select(group => (JsonNode)group)]);
        if (user.Extra.Count == 0)
            return;
        var extra = new JsonObject();
        foreach (var (key, values) in user.Extra)
            extra[key] = new JsonArray([.. values.Select(value => (JsonNode)value)]);
        spec["extra"] = extra;
    }

    public override void PrepareForUpdate(JsonObject obj, JsonObject old) => obj.CopyFrom(old, "spec");

    public override void PrepareForSubresource(string subresource, JsonObject obj, JsonObject old)
    {
        obj.CopyFrom(old, "spec");
        obj.ObjectOrNew("status").CopyFrom(old.Object("status"), "certificate");
    }

    public override void NoteTimes(JsonObject obj, JsonObject old, string now)
    {
        foreach (var condition in (StatusOf(obj).Array("conditions") ?? []).OfType<JsonObject>())
        {
            if (!condition.Has("lastUpdateTime"))
                condition["lastUpdateTime"] = now;
            if (condition.Has("lastTransitionTime"))
                continue;
            var same = (StatusOf(old).Array("conditions") ?? []).OfType<JsonObject>()
                .FirstOrDefault(other => other.Text("type") == condition.Text("type") && other.Text("status") == condition.Text("status"));
            condition["lastTransitionTime"] = same?.Member("lastTransitionTime")?.DeepClone() ?? now;
        }
    }

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var (path, spec) = (FieldPath.Spec, SpecOf(obj));
        CertificateRules.Request(problems, path["request"], spec.Text("request"));
        if (spec.Length("usages") == 0)
            problems.Required(path["usages"], "usages must be provided");
        foreach (var (at, usage) in spec.EachText("usages", path))
            problems.OneOf(at, usage, Usages);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (at, usage) in spec.EachText("usages", path))
        {
            if (!seen.Add(usage))
                problems.Duplicate(at, usage);
        }
        SignerName(problems, path["signerName"], spec.Text("signerName"));
        if (spec.Member("expirationSeconds").AsInt64OrNull() < ShortestLife)
            problems.Invalid(path["expirationSeconds"], spec.Member("expirationSeconds"), $"may not specify a duration less than {ShortestLife} seconds (10 minutes)");
        Conditions(problems, FieldPath.Status["conditions"], StatusOf(obj));
        CertificateRules.Certificates(problems, FieldPath.Status["certificate"], StatusOf(obj).Text("certificate"));
    }

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old) =>
        Change(problems, StatusOf(obj), StatusOf(old), mayDecide: false, mayIssue: false);

    protected override void CheckStatus(FieldProblems problems, JsonObject obj, JsonObject old)
    {
        Check(problems, obj);
        Change(problems, StatusOf(obj), StatusOf(old), mayDecide: false, mayIssue: true);
    }

    protected override void CheckSubresource(FieldProblems problems, string subresource, JsonObject obj, JsonObject old)
    {
        Check(problems, obj);
        Change(problems, StatusOf(obj), StatusOf(old), mayDecide: true, mayIssue: false);
    }

    private static void Conditions(FieldProblems problems, FieldPath path, JsonObject status)
    {
        var types = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (at, condition) in status.Each("conditions", FieldPath.Status))
        {
            var (type, value) = (condition.Text("type"), condition.Text("status"));
            if (type.Length == 0)
                problems.Required(at["type"]);
            if (type is "Approved" or "Denied" or "Failed")
                problems.RequiredOneOf(at["status"], value, "True");
            else
                problems.RequiredOneOf(at["status"], value, "False", "True", "Unknown");
            if (!types.Add(type))
                problems.Duplicate(at["type"], type);
            if ((type == "Denied" && types.Contains("Approved")) || (type == "Approved" && types.Contains("Denied")))
                problems.Invalid(path, type, "Approved and Denied conditions are mutually exclusive");
        }
    }

    private static void Change(FieldProblems problems, JsonObject status, JsonObject old, bool mayDecide, bool mayIssue)
    {
        var path = FieldPath.Status["conditions"];
        foreach (var type in (string[])["Approved", "Denied", "Failed"])
        {
            if (OfType(status, type).Count < OfType(old, type).Count)
                problems.Forbidden(path, $"updates may not remove a condition of type \"{type}\"");
        }
        foreach (var type in (string[])["Approved", "Denied"])
        {
            var (now, before) = (OfType(status, type), OfType(old, type));
            if (mayDecide || now.Count < before.Count)
                continue;
            if (now.Count > before.Count)
                problems.Forbidden(path, $"updates may not add a condition of type \"{type}\"");
            else if (!now.SequenceEqual(before, JsonNodeComparer))
                problems.Forbidden(path, $"updates may not modify a condition of type \"{type}\"\n");
        }
        if (status.Text("certificate") == old.Text("certificate"))
            return;
        if (!mayIssue)
            problems.Forbidden(FieldPath.Status["certificate"], "updates may not set certificate content");
        else if (old.Text("certificate").Length > 0)
            problems.Forbidden(FieldPath.Status["certificate"], "updates may not modify existing certificate content");
    }

    private static readonly EqualityComparer<JsonNode> JsonNodeComparer = EqualityComparer<JsonNode>.Create(JsonNodeExtensions.DeepEquals);

    private static List<JsonNode> OfType(JsonObject status, string type) =>
        [.. (status.Array("conditions") ?? []).OfType<JsonNode>().Where(condition => condition.Text("type") == type)];

    private static void SignerName(FieldProblems problems, FieldPath path, string name)
    {
        const int longestDomain = 253;
        const int longest = longestDomain + 1 + 253 + 1 + 63;
        if (name.Length == 0)
        {
            problems.Required(path, "signerName must be provided");
            return;
        }
        if (name == "kubernetes.io/legacy-unknown")
        {
            problems.Invalid(path, name, "the legacy signerName is not allowed via this API version");
            return;
        }
        if (name.Split('/') is not [var domain, var rest])
        {
            problems.Invalid(path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'");
            return;
        }
        if (domain.Length > longestDomain)
            problems.TooLong(path, longestDomain);
        Labels(problems, path, domain, label => Names.DnsLabelProblems(label));
        if (!domain.Contains('.', StringComparison.Ordinal))
            problems.Invalid(path, domain, "should be a domain with at least two segments separated by dots");
        Labels(problems, path, rest, label => Names.DnsSubdomainProblems(label));
        if (name.Length > longest)
            problems.TooLong(path, longest);
    }

    /// <summary>Only the first wrong label is told.</summary>
    private static void Labels(FieldProblems problems, FieldPath path, string value, Func<string, IEnumerable<string>> rule)
    {
        foreach (var label in value.Split('.'))
        {
            var wrong = rule(label).Select(problem => $"validating label {FieldError.Quote(label)}: {problem}").ToList();
            problems.Invalid(path, value, wrong);
            if (wrong.Count > 0)
                return;
        }
    }
}
