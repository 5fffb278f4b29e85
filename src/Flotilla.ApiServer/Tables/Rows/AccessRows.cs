using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tables.Rows;

/// <summary>Rows of who may do what.</summary>
internal static class AccessRows
{
    public static JsonNode?[] RoleBinding(JsonObject obj, DateTimeOffset now)
    {
        var role = obj.Object("roleRef");
        return
        [
            obj.Name(), $"{role.Text("kind")}/{role.Text("name")}", obj.Age(now), Subjects(obj, "User"), Subjects(obj, "Group"), Subjects(obj, "ServiceAccount"),
        ];
    }

    public static JsonNode?[] AdmissionPolicy(JsonObject obj, string rules, DateTimeOffset now)
    {
        var kind = obj.Spec().Object("paramKind");
        return [obj.Name(), obj.Spec().Count(rules), kind is null ? CellText.Unset : $"{kind.Text("apiVersion")}/{kind.Text("kind")}", obj.Age(now)];
    }

    public static JsonNode?[] AdmissionPolicyBinding(JsonObject obj, DateTimeOffset now)
    {
        var parameters = CellText.Unset;
        if (obj.Spec().Object("paramRef") is { } reference)
        {
            parameters = reference.Text("name") is { Length: > 0 } name
                ? $"{reference.Text("namespace", "*")}/{name}"
                : reference.Object("selector") is { } selector ? CellText.Selector(selector, empty: "") : CellText.Unset;
        }
        return [obj.Name(), obj.Spec().Text("policyName"), parameters, obj.Age(now)];
    }

    public static JsonNode?[] CertificateSigningRequest(JsonObject obj, DateTimeOffset now)
    {
        var spec = obj.Spec();
        var duration = spec.Member("expirationSeconds").AsInt64OrNull() is { } seconds ? HumanDuration.Format(TimeSpan.FromSeconds(seconds)) : CellText.None;
        return [obj.Name(), obj.Age(now), spec.Text("signerName", CellText.None), spec.Text("username"), duration, RequestState(obj.Status())];
    }

    private static string RequestState(JsonObject? status)
    {
        var state = status.Condition("Denied") is not null ? "Denied" : status.Condition("Approved") is not null ? "Approved" : "Pending";
        if (status.Condition("Failed") is not null)
            state += ",Failed";
        return status.Text("certificate").Length > 0 ? state + ",Issued" : state;
    }

    private static string Subjects(JsonObject binding, string kind) => string.Join(", ", binding.Items("subjects")
        .Where(s => s.String("kind") == kind)
        .Select(s => kind == "ServiceAccount" ? $"{s.Text("namespace")}/{s.Text("name")}" : s.Text("name")));
}
