using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.CustomResources;

/// <summary>Groups of the Kubernetes project (<c>*.k8s.io</c>, <c>*.kubernetes.io</c>) need a word on who approved the API (KEP-1111).</summary>
internal static class ApiApproval
{
    public const string Annotation = "api-approved.kubernetes.io";
    private const string See = "see https://github.com/kubernetes/enhancements/pull/1111";

    public enum State
    {
        Invalid,
        Approved,
        Bypassed,
        Missing,
    }

    public static bool IsProtected(string group) =>
        group is "k8s.io" or "kubernetes.io" || group.EndsWith(".k8s.io", StringComparison.Ordinal) || group.EndsWith(".kubernetes.io", StringComparison.Ordinal);

    /// <summary>What the annotation says, with a sentence on it.</summary>
    public static (State State, string Reason) Of(JsonObject definition)
    {
        var text = definition.Object("metadata").Object("annotations").String(Annotation) ?? "";
        if (text.Length == 0)
            return (State.Missing, $"protected groups must have approval annotation \"{Annotation}\", {See}");
        if (text.StartsWith("unapproved", StringComparison.Ordinal))
            return (State.Bypassed, $"not approved: {FieldError.Quote(text)}");
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Host.Length > 0
            ? (State.Approved, $"approved in {text}")
            : (State.Invalid, $"protected groups must have approval annotation \"{Annotation}\" with either a URL or a reason starting with \"unapproved\", {See}");
    }

    /// <summary>A change may leave things as they were.</summary>
    public static IEnumerable<FieldError> Validate(JsonObject definition, JsonObject? old)
    {
        if (!IsProtected(definition.Object("spec").String("group") ?? ""))
            return [];
        var (state, reason) = Of(definition);
        if (state is State.Approved or State.Bypassed || (old is not null && Of(old).State == state))
            return [];
        var path = FieldPath.Metadata["annotations"].Key(Annotation).ToString();
        return state == State.Missing
            ? [FieldError.Required(path, reason)]
            : [FieldError.Invalid(path, definition.Object("metadata").Object("annotations").String(Annotation), reason)];
    }
}
