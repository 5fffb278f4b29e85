using System.Text.Json.Nodes;
using Flotilla.Api.Definitions;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Hub.Hosting;

/// <summary>What a hub needs in its API before it can work: definitions of our kinds, and a namespace of its own.</summary>
internal static class HubInstallation
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly ApplyOptions Apply = new() { FieldManager = HubResources.FieldManager, Force = true };

    /// <summary>Applies them; what is there already is brought up to date.</summary>
    /// <exception cref="TimeoutException">The API does not serve our kinds in time.</exception>
    public static async Task InstallAsync(KubernetesClient api, TimeProvider time, CancellationToken cancellation)
    {
        await Task.WhenAll(
        [
            api.ApplyAsync(SystemNamespace(), Apply with { Resource = HubResources.Namespaces }, cancellation),
            .. CustomResourceDefinitions.All.Select(d => api.ApplyAsync(d, Apply with { Resource = HubResources.Definitions }, cancellation)),
        ]);
        var start = time.GetTimestamp();
        foreach (var name in CustomResourceDefinitions.All.Select(d => d.Object("metadata").String("name")!))
        {
            while (!IsEstablished(await api.GetAsync(HubResources.Definitions, null, name, cancellation)))
            {
                if (time.GetElapsedTime(start) > Patience)
                    throw new TimeoutException($"the API accepted the definition {name} but does not serve it: see its status with kubectl describe crd {name}");
                await Task.Delay(Poll, time, cancellation);
            }
        }
    }

    /// <summary>Tells users of the API where the hub's gateway is and how to know it.</summary>
    public static Task TellAsync(KubernetesClient api, Uri gateway, string hub, string rootKey, string authority, CancellationToken cancellation) => api.ApplyAsync(
        new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject { ["name"] = "flotilla-hub", ["namespace"] = HubResources.SystemNamespace },
            ["data"] = new JsonObject { ["gateway"] = gateway.GetLeftPart(UriPartial.Authority), ["ca"] = authority, ["hub"] = hub, ["rootKey"] = rootKey },
        },
        Apply with { Resource = HubResources.ConfigMaps }, cancellation);

    internal static JsonObject SystemNamespace() => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Namespace",
        ["metadata"] = new JsonObject { ["name"] = HubResources.SystemNamespace },
    };

    private static bool IsEstablished(JsonObject? definition) => (definition.Object("status").Array("conditions") ?? []).OfType<JsonObject>()
        .Any(c => c.String("type") == "Established" && c.String("status") == "True");
}
