using Flotilla.Api.Releases;
using Flotilla.Core.Applying;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Agent.Applying;

/// <summary>
/// Finds what was applied once when no inventory is left: objects with our label that we own fields of by apply. (The label alone is not
/// enough: controllers copy labels to what they make.)
/// </summary>
internal static class InventoryRecovery
{
    private const int AtOnce = 8;

    public static async Task<ApplyMessage> RunAsync(KubernetesClient cluster, CancellationToken cancellation)
    {
        try
        {
            var resources = (await cluster.Resources.AllAsync(cancellation))
                .Where(r => r.Verbs.Contains("list") && r.Verbs.Contains("patch"))
                .Select(r => r.Reference).DistinctBy(r => r.QualifiedName).ToList();
            var found = new List<InventoryEntry>();
            foreach (var some in resources.Chunk(AtOnce))
            {
                var lists = some.Select(r => FindAsync(cluster, r, cancellation)).ToList();
                foreach (var list in await Task.WhenAll(lists))
                    found.AddRange(list);
            }
            return new ApplyMessage.Recovered(found, null);
        }
        catch (Exception e) when (e is ApiStatusException or HttpRequestException or IOException)
        {
            return new ApplyMessage.Recovered([], ObjectFailure.Of(e, default));
        }
    }

    private static async Task<List<InventoryEntry>> FindAsync(KubernetesClient cluster, ResourceReference resource, CancellationToken cancellation)
    {
        var found = new List<InventoryEntry>();
        try
        {
            var options = new ListOptions { LabelSelector = ReleaseLabels.Component, MetadataOnly = true };
            await foreach (var page in cluster.ListPagesAsync(resource, null, options, cancellation))
            {
                if (page.StartsOver)
                    found.Clear();
                found.AddRange(
                    from item in page.Items
                    where OwnedFields.Of(item, ReleaseLabels.FieldManager) is not null
                    let metadata = item.Object("metadata")
                    select new InventoryEntry
                    {
                        ApiVersion = resource.ApiVersion,
                        Kind = resource.Kind,
                        Namespace = metadata.String("namespace") ?? "",
                        Name = metadata.String("name") ?? "",
                        Component = metadata.Object("labels").String(ReleaseLabels.Component) ?? "",
                        Uid = metadata.String("uid") ?? "",
                    });
            }
        }
        catch (ApiStatusException e) when (e.Status.Code is 403 or 404 or 405)
        {
            // Not for us, or gone meanwhile: then nothing of it was applied by us either.
        }
        return found;
    }
}
