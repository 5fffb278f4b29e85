using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>
/// Moves objects of client-side <c>kubectl apply</c> to server-side apply: what the annotation says and live still shows
/// is not a conflict for <c>kubectl</c>, and the annotation keeps up with what is applied.
/// </summary>
internal static class LastApplied
{
    /// <summary>The one manager that this is done for.</summary>
    public const string Manager = "kubectl";

    private const string Annotation = "kubectl.kubernetes.io/last-applied-configuration";
    private const int MaxAnnotationsBytes = 256 * 1024;

    /// <summary>The fields of the annotation that live has with the same value; null when there is no usable annotation.</summary>
    public static FieldSet? AgreedFields(JsonObject live, FieldType type, string apiVersion)
    {
        if (live.Object("metadata").Object("annotations").String(Annotation) is not { Length: > 0 } text)
            return null;
        JsonObject? applied;
        try
        {
            applied = JsonText.Parse(Encoding.UTF8.GetBytes(text)) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
        if (applied is null || applied.String("apiVersion") != apiVersion || TypedValidation.Problems(applied, type) is not null)
            return null;
        var comparison = TypedComparison.Compare(applied, live, type);
        return FieldSetReader.Read(applied, type).Except(comparison.Modified).Except(comparison.Added).Except(comparison.Removed);
    }

    /// <summary>Renews the annotation of an object that has one.</summary>
    public static void Renew(JsonObject obj, JsonObject applied)
    {
        if (obj.Object("metadata").Object("annotations") is not { } annotations || annotations.String(Annotation) is not { Length: > 0 })
            return;
        var configuration = (JsonObject)applied.DeepClone();
        configuration.Object("metadata").Object("annotations")?.Remove(Annotation);
        var text = new StringBuilder();
        GoText.AppendJson(text, configuration);
        annotations[Annotation] = text.Append('\n').ToString();
        var size = annotations.Sum(a => Encoding.UTF8.GetByteCount(a.Key) + Encoding.UTF8.GetByteCount(a.Value.AsStringOrNull() ?? ""));
        if (size > MaxAnnotationsBytes)
            annotations.Remove(Annotation);
    }
}
