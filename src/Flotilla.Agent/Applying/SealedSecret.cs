using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Agent.Applying;

/// <summary>Puts sealed values into a Secret, at the last moment. Errors name the value, never show it.</summary>
internal static class SealedSecret
{
    private const char Begin = '\uE000';
    private const char End = '\uE001';

    /// <summary>The Secret with its values; null and the missing name when one is not at hand.</summary>
    public static string? Fill(JsonObject secret, IReadOnlyDictionary<string, string> values)
    {
        foreach (var (section, isEncoded) in new[] { ("data", true), ("stringData", false) })
        {
            if (secret.Object(section) is not { } entries)
                continue;
            foreach (var (key, value) in entries.ToList())
            {
                // A text of data with a marker stands decoded in a release. What is encoded is not looked into: the compiler has not checked it.
                if (value.AsStringOrNull() is not { } text || !HasMarker(text))
                    continue;
                if (Fill(text, values, out var missing) is not { } filled)
                    return missing;
                entries[key] = isEncoded ? Convert.ToBase64String(Encoding.UTF8.GetBytes(filled)) : filled;
            }
        }
        return null;
    }

    private static bool HasMarker(string text) => text.Contains(Begin, StringComparison.Ordinal);

    private static string? Fill(string text, IReadOnlyDictionary<string, string> values, out string? missing)
    {
        var filled = new StringBuilder(text.Length);
        var at = 0;
        missing = null;
        while (text.IndexOf(Begin, at) is >= 0 and var begin)
        {
            var end = text.IndexOf(End, begin);
            if (end < 0)
                break;
            var name = text[(begin + 1)..end];
            if (!values.TryGetValue(name, out var value))
            {
                missing = name;
                return null;
            }
            filled.Append(text, at, begin - at).Append(value);
            at = end + 1;
        }
        return filled.Append(text, at, text.Length - at).ToString();
    }
}
