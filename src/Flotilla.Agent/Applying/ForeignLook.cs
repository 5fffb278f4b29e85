using System.Text.Json.Nodes;
using Flotilla.Api.Releases;
using Flotilla.Core.Applying;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Agent.Applying;

/// <summary>Looks whether objects that are not among ours are there all the same, made by somebody else.</summary>
internal static class ForeignLook
{
    /// <summary>Up to so many are asked for one by one; for more, one list of metadata is cheaper.</summary>
    private const int AtMostOneByOne = 3;

    public static async Task<ApplyMessage> RunAsync(KubernetesClient cluster, ResourceReference resource, IReadOnlyList<ObjectId> asked, CancellationToken cancellation)
    {
        var foreign = new Dictionary<ObjectId, string>();
        try
        {
            if (asked.Count <= AtMostOneByOne)
            {
                foreach (var id in asked)
                {
                    if (await cluster.GetAsync(resource, id.Namespace, id.Name, cancellation) is { } there)
                        Add(id, there);
                }
            }
            else
            {
                var byKey = asked.ToDictionary(id => new ObjectKey(id.Namespace, id.Name));
                await foreach (var page in cluster.ListPagesAsync(resource, null, new ListOptions { MetadataOnly = true }, cancellation))
                {
                    foreach (var there in page.Items)
                    {
                        if (byKey.TryGetValue(ObjectKey.Of(there), out var id))
                            Add(id, there);
                    }
                }
            }
            return new ApplyMessage.Looked(asked, foreign, null);
        }
        catch (Exception e) when (e is ApiStatusException or HttpRequestException or IOException)
        {
            return new ApplyMessage.Looked(asked, foreign, ObjectFailure.Of(e, default));
        }

        void Add(ObjectId id, JsonObject there)
        {
            // Ours by apply, though somebody took the label off: not foreign.
            if (OwnedFields.Of(there, ReleaseLabels.FieldManager) is not null)
                return;
            var managers = (there.Object("metadata").Array("managedFields") ?? []).OfType<JsonObject>();
            foreign[id] = managers.MaxBy(m => m.String("time"), StringComparer.Ordinal)?.String("manager") ?? "";
        }
    }
}
