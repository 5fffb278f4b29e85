using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.Hub.Hosting;

/// <summary>Writes the status of objects as a whole; whose object is gone needs none.</summary>
internal sealed class StatusWriter(KubernetesClient api)
{
    private static readonly PatchOptions Options = new() { Subresource = "status", FieldManager = HubResources.FieldManager };

    public async Task WriteAsync<T>(ResourceReference resource, ObjectKey key, T status, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        var patch = new JsonArray(new JsonObject
        {
            ["op"] = "add",
            ["path"] = "/status",
            ["value"] = JsonSerializer.SerializeToNode(status, type),
        });
        try
        {
            await api.PatchAsync(resource, key.Namespace, key.Name, PatchKind.Json, patch, Options, cancellation);
        }
        catch (ApiStatusException e) when (e.Status.Code == 404)
        {
        }
    }
}
