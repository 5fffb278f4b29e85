using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Clusters;
using Flotilla.ApiServer.Requests;
using Flotilla.ApiServer.Resources;
using Flotilla.ApiServer.Storage;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Lifecycle;

/// <summary>
/// Owner references: an object whose owners have all gone is deleted; an owner that is deleted in the foreground waits for
/// those that block it; one that is deleted as an orphan lets its dependents go first.
/// </summary>
internal sealed class GarbageCollector : ClusterController
{
    private const string Manager = "kube-controller-manager";
    private const string Orphan = "orphan";
    private const string Foreground = "foregroundDeletion";
    private readonly ConditionalWeakTable<VirtualCluster, OwnerIndex> indexes = [];

    public override void Observe(VirtualCluster cluster, string resource, Change change, Action<LookKey> look)
    {
        if (resource == "events")
            return;
        var index = Index(cluster);
        var place = new ObjectPlace(resource, change.Object.Key);
        if (change.Type == ChangeType.Deleted)
        {
            foreach (var owner in change.Object.Json.Span.IndexOf("\"ownerReferences\""u8) >= 0 ? OwnerReference.Of(change.Object.Parse()) : [])
                LookAtOwner(cluster, place.Key.Namespace, owner, look);
            index.Update(place, null);
            var uid = ObjectMetadata.Uid(change.Object.Parse());
            foreach (var dependent in index.DependentsOf(uid))
                look(KeyOf(cluster, dependent));
            return;
        }
        var newOwners = index.Update(place, change.Object);
        if (newOwners || IsEndingOwner(change.Object))
            look(KeyOf(cluster, place));
    }

    public override void ObserveExisting(VirtualCluster cluster, Action<LookKey> look)
    {
        var index = Index(cluster);
        foreach (var store in cluster.Store.Resources)
        {
            foreach (var item in store.List(null, null, 0, null, null).Items)
            {
                var place = new ObjectPlace(store.Name, item.Key);
                if (index.Update(place, item) || IsEndingOwner(item))
                    look(KeyOf(cluster, place));
            }
        }
    }

    public override async Task<TimeSpan?> LookAsync(LookKey key, CancellationToken cancellation)
    {
        var slash = key.Name.IndexOf('/', StringComparison.Ordinal);
        var place = new ObjectPlace(key.Name[..slash], new ObjectKey(key.Namespace, key.Name[(slash + 1)..]));
        var context = RequestContext.OfServer(key.Cluster, "system:serviceaccount:kube-system:generic-garbage-collector", cancellation);
        if (Resolve(key.Cluster, place) is not { } found)
            return null;
        try
        {
            if (ObjectMetadata.IsBeingDeleted(found.Object) && HasFinalizer(found.Object, Orphan))
                await OrphanDependentsAsync(context, found);
            else if (ObjectMetadata.IsBeingDeleted(found.Object) && HasFinalizer(found.Object, Foreground))
                await DeleteDependentsAsync(context, found);
            else if (!ObjectMetadata.IsBeingDeleted(found.Object))
                await CollectAsync(context, found);
        }
        catch (ApiStatusException e) when (e.Status.Code == 404)
        {
            // Gone already.
        }
        return null;
    }

    private OwnerIndex Index(VirtualCluster cluster) => indexes.GetValue(cluster, _ => new OwnerIndex());

    private LookKey KeyOf(VirtualCluster cluster, ObjectPlace place) => new(cluster, this, place.Key.Namespace, $"{place.Resource}/{place.Key.Name}");

    /// <summary>A dependent has gone: an owner that waits for it may go on.</summary>
    private void LookAtOwner(VirtualCluster cluster, string ns, OwnerReference owner, Action<LookKey> look)
    {
        if (cluster.Catalog.FindKind(owner.ApiVersion, owner.Kind) is { } resource)
            look(KeyOf(cluster, new ObjectPlace(resource.StorageName, new ObjectKey(resource.Type.Namespaced ? ns : "", owner.Name))));
    }

    private static bool IsEndingOwner(StoredObject obj) =>
        obj.Json.Span.IndexOf("\"deletionTimestamp\""u8) >= 0
        && (obj.Json.Span.IndexOf("\"orphan\""u8) >= 0 || obj.Json.Span.IndexOf("\"foregroundDeletion\""u8) >= 0);

    private static Found? Resolve(VirtualCluster cluster, ObjectPlace place)
    {
        var resource = cluster.Catalog.FindStored(place.Resource);
        var stored = resource is null ? null : cluster.Store.Resource(place.Resource).Get(place.Key);
        return stored is null ? null : new Found(resource!, stored.Key, resource!.FromStorage(stored.Parse()));
    }

    private async Task CollectAsync(RequestContext context, Found found)
    {
        var references = OwnerReference.Of(found.Object);
        if (references.Count == 0)
            return;
        var standing = references.Select(r => (Reference: r, State: StateOf(context.Cluster, found.Key.Namespace, r))).ToList();
        var gone = standing.Where(s => s.State != OwnerState.Present).Select(s => s.Reference.Uid).ToHashSet();
        if (gone.Count == 0)
            return;
        if (standing.Any(s => s.State == OwnerState.Present))
        {
            await RemoveReferencesAsync(context, found, gone);
            return;
        }
        var waiting = standing.Any(s => s.State == OwnerState.WaitsForDependents);
        var policy = waiting && Index(context.Cluster).DependentsOf(ObjectMetadata.Uid(found.Object)).Count > 0 ? "Foreground"
            : HasFinalizer(found.Object, Orphan) ? "Orphan"
            : HasFinalizer(found.Object, Foreground) ? "Foreground"
            : "Background";
        await DeleteAsync(context, found, policy);
    }

    private async Task DeleteDependentsAsync(RequestContext context, Found owner)
    {
        var blocked = false;
        var uid = ObjectMetadata.Uid(owner.Object);
        foreach (var place in Index(context.Cluster).DependentsOf(uid))
        {
            if (Resolve(context.Cluster, place) is not { } dependent)
                continue;
            blocked |= OwnerReference.Of(dependent.Object).Any(r => r.Uid == uid && r.BlocksDeletion);
            if (!ObjectMetadata.IsBeingDeleted(dependent.Object))
                await CollectAsync(context, dependent);
        }
        if (!blocked || !Index(context.Cluster).DependentsOf(uid).Any(p => IsBlocking(context.Cluster, p, uid)))
            await RemoveFinalizerAsync(context, owner, Foreground);
    }

    private static bool IsBlocking(VirtualCluster cluster, ObjectPlace place, string owner) =>
        Resolve(cluster, place) is { } dependent && OwnerReference.Of(dependent.Object).Any(r => r.Uid == owner && r.BlocksDeletion);

    private async Task OrphanDependentsAsync(RequestContext context, Found owner)
    {
        var uid = ObjectMetadata.Uid(owner.Object);
        foreach (var place in Index(context.Cluster).DependentsOf(uid))
        {
            if (Resolve(context.Cluster, place) is { } dependent)
                await RemoveReferencesAsync(context, dependent, new HashSet<string> { uid });
        }
        await RemoveFinalizerAsync(context, owner, Orphan);
    }

    /// <summary>An owner of a kind that is not served is not known to be gone.</summary>
    private static OwnerState StateOf(VirtualCluster cluster, string ns, OwnerReference reference)
    {
        if (cluster.Catalog.FindKind(reference.ApiVersion, reference.Kind) is not { } resource)
            return OwnerState.Present;
        if (resource.Type.Namespaced && ns.Length == 0)
            return OwnerState.Gone;
        var key = new ObjectKey(resource.Type.Namespaced ? ns : "", reference.Name);
        var owner = cluster.Store.Resource(resource.StorageName).Get(key)?.Parse();
        if (owner is null || ObjectMetadata.Uid(owner) != reference.Uid)
            return OwnerState.Gone;
        return ObjectMetadata.IsBeingDeleted(owner) && HasFinalizer(owner, Foreground) ? OwnerState.WaitsForDependents : OwnerState.Present;
    }

    private static Task RemoveReferencesAsync(RequestContext context, Found found, IReadOnlySet<string> uids) => ChangeAsync(context, found, metadata =>
    {
        var kept = (metadata.Array("ownerReferences") ?? []).Where(r => !uids.Contains(r.String("uid") ?? "")).Select(r => r!.DeepClone()).ToArray();
        if (kept.Length == 0)
            metadata.Remove("ownerReferences");
        else
            metadata["ownerReferences"] = new JsonArray(kept);
    });

    private static Task RemoveFinalizerAsync(RequestContext context, Found found, string finalizer) => ChangeAsync(context, found, metadata =>
    {
        var kept = (metadata.Array("finalizers") ?? []).Where(f => f.AsStringOrNull() != finalizer).Select(f => f!.DeepClone()).ToArray();
        if (kept.Length == 0)
            metadata.Remove("finalizers");
        else
            metadata["finalizers"] = new JsonArray(kept);
    });

    private static Task ChangeAsync(RequestContext context, Found found, Action<JsonObject> change)
    {
        var uid = ObjectMetadata.Uid(found.Object);
        var update = new UpdateOperation(context, found.Resource, "", WriteOptions.For(Manager));
        return update.RunAsync(found.Key.Namespace, found.Key.Name, live =>
        {
            if (ObjectMetadata.Uid(live!) == uid)
                change(ObjectMetadata.Of(live!));
            return live;
        });
    }

    private static Task DeleteAsync(RequestContext context, Found found, string policy) =>
        DeleteOperation.RunAsync(context, found.Resource, found.Key.Namespace, found.Key.Name, new DeleteOptions
        {
            PropagationPolicy = policy,
            Uid = ObjectMetadata.Uid(found.Object),
            ResourceVersion = ObjectMetadata.ResourceVersion(found.Object),
        });

    private static bool HasFinalizer(JsonObject obj, string finalizer) =>
        (obj.Object("metadata").Array("finalizers") ?? []).Any(f => f.AsStringOrNull() == finalizer);

    private sealed record Found(ServedResource Resource, ObjectKey Key, JsonObject Object);

    private enum OwnerState
    {
        Present,
        WaitsForDependents,
        Gone,
    }
}
