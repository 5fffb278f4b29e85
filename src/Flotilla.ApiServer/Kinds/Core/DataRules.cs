using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Core;

/// <summary>What ConfigMaps and Secrets have in common.</summary>
internal static class DataRules
{
    /// <summary>Bytes of all values together.</summary>
    public const int MaxSize = 1024 * 1024;

    private const string IsImmutable = "field is immutable when `immutable` is set";

    public static void Keys(FieldProblems problems, FieldPath path, JsonObject? data)
    {
        foreach (var (key, _) in data ?? [])
            problems.Invalid(path.Key(key), key, Names.ConfigKeyProblems(key));
    }

    public static void Immutable(FieldProblems problems, JsonObject obj, JsonObject old, params ReadOnlySpan<string> fields)
    {
        if (!old.IsTrue("immutable"))
            return;
        if (!obj.IsTrue("immutable"))
            problems.Forbidden(FieldPath.Of("immutable"), IsImmutable);
        foreach (var field in fields)
        {
            if (!JsonNodeExtensions.DeepEquals(obj.Member(field), old.Member(field)))
                problems.Forbidden(FieldPath.Of(field), IsImmutable);
        }
    }

    /// <summary>Bytes that base64 values stand for.</summary>
    public static long DecodedSize(JsonObject? data) =>
        (data ?? []).Sum(entry => (entry.Value.AsStringOrNull() ?? "") is var text ? text.Length / 4 * 3L - text.AsSpan().Count('=') : 0);

    /// <summary>Bytes of plain values.</summary>
    public static long Size(JsonObject? data) => (data ?? []).Sum(entry => (long)Encoding.UTF8.GetByteCount(entry.Value.AsStringOrNull() ?? ""));
}
