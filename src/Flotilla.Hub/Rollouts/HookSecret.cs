using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Hub.Rollouts;

/// <summary>A Secret whose owner lets webhooks of rollouts be signed with it, by a label.</summary>
internal sealed record HookSecret(IReadOnlyDictionary<string, byte[]> Data)
{
    public const string Label = "flotilla.dev/hooks";

    public static HookSecret Of(JsonObject secret)
    {
        var data = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (key, value) in secret.Object("data") ?? [])
            data[key] = Convert.FromBase64String(value.AsStringOrNull() ?? "");
        return new HookSecret(data);
    }
}
