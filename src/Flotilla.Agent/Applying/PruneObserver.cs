using System.Text.Json.Nodes;
using Flotilla.Core.Applying;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Agent.Applying;

/// <summary>Reads what the guards need to know about definitions and namespaces that are about to be deleted.</summary>
internal static class PruneObserver
{
    private const int AtOnce = 8;

    public static bool NeedsFacts(ObjectId id) => id.IsOf("", "Namespace") || id.IsOf("apiextensions.k8s.io", "CustomResourceDefinition");

    public static async Task<ApplyMessage> RunAsync(KubernetesClient cluster, IReadOnlySet<ObjectId> going, CancellationToken cancellation)
    {
        var facts = new Dictionary<ObjectId, GuardFacts>();
        try
        {
            if (!going.Any(NeedsFacts))
                return new ApplyMessage.PruneObserved(facts, null);
            await cluster.Resources.RefreshAsync(cancellation);
            var served = (await cluster.Resources.AllAsync(cancellation)).Where(r => r.Verbs.Contains("list")).ToList();
            foreach (var id in going.Where(id => id.IsOf("apiextensions.k8s.io", "CustomResourceDefinition")))
                facts[id] = await InstancesAsync(cluster, served, id, going, cancellation);
            foreach (var id in going.Where(id => id.IsOf("", "Namespace")))
                facts[id] = await ContentsAsync(cluster, served, id, going, cancellation);
            return new ApplyMessage.PruneObserved(facts, null);
        }
        catch (Exception e) when (e is ApiStatusException or HttpRequestException or IOException)
        {
            return new ApplyMessage.PruneObserved(facts, ObjectFailure.Of(e, default));
        }
    }

    private static async Task<GuardFacts> InstancesAsync(
        KubernetesClient cluster, List<ServedResource> served, ObjectId definition, IReadOnlySet<ObjectId> going, CancellationToken cancellation)
    {
        if (served.Find(r => r.Reference.QualifiedName == definition.Name) is not { } resource)
            return new GuardFacts();
        var facts = new GuardFacts();
        foreach (var item in await ListAsync(cluster, resource.Reference, null, cancellation))
        {
            if (IdOf(resource.Reference, item) is var id && !going.Contains(id))
                facts = facts with { Instances = facts.Instances + 1, Example = facts.Example.Length > 0 ? facts.Example : id.ToString() };
        }
        return facts;
    }

    private static async Task<IReadOnlyList<JsonObject>> ListAsync(KubernetesClient cluster, ResourceReference resource, string? ns, CancellationToken cancellation)
    {
        try
        {
            return (await cluster.ListAsync(resource, ns, new ListOptions { MetadataOnly = true }, cancellation)).Items;
        }
        catch (ApiStatusException e) when (e.Status.Code is 404 or 405)
        {
            // Not served any more, or nothing that can be listed: there is nothing in it.
            return [];
        }
    }

    private static async Task<GuardFacts> ContentsAsync(
        KubernetesClient cluster, List<ServedResource> served, ObjectId ns, IReadOnlySet<ObjectId> going, CancellationToken cancellation)
    {
        // Each resource once, in whatever version comes first.
        var resources = served.Where(r => r.Reference.Namespaced && !IsDerived(r.Reference)).DistinctBy(r => r.Reference.QualifiedName).ToList();
        var facts = new GuardFacts();
        foreach (var some in resources.Chunk(AtOnce))
        {
            var lists = some.Select(async r => (r.Reference, await ListAsync(cluster, r.Reference, ns.Name, cancellation))).ToList();
            await Task.WhenAll(lists);
            foreach (var list in lists)
            {
                var (resource, items) = await list;
                foreach (var item in items)
                    facts = Add(facts, IdOf(resource, item), item, going);
            }
        }
        return facts;
    }

    private static GuardFacts Add(GuardFacts facts, ObjectId id, JsonObject item, IReadOnlySet<ObjectId> going)
    {
        // Claims hold data whoever made them.
        if (id.IsOf("", "PersistentVolumeClaim"))
            return facts with { Claims = facts.Claims + 1, Example = $"{id}" };
        var metadata = item.Object("metadata");
        if (going.Contains(id) || metadata.Array("ownerReferences") is { Count: > 0 } || IsMadeByCluster(id))
            return facts;
        return facts with { Others = facts.Others + 1, Example = facts.Example.Length > 0 ? facts.Example : id.ToString() };
    }

    private static bool IsMadeByCluster(ObjectId id) =>
        (id.IsOf("", "ConfigMap") && id.Name == "kube-root-ca.crt") || (id.IsOf("", "ServiceAccount") && id.Name == "default");

    /// <summary>What the cluster makes of other things, or only records.</summary>
    private static bool IsDerived(ResourceReference resource) =>
        resource.Kind is "Event" or "Endpoints" or "EndpointSlice" or "PodMetrics" or "ControllerRevision" or "Lease";

    private static ObjectId IdOf(ResourceReference resource, JsonObject item)
    {
        var key = ObjectKey.Of(item);
        return new ObjectId(resource.ApiVersion, resource.Kind, key.Namespace, key.Name);
    }
}
