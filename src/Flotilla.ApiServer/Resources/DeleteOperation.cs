using System.Globalization;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Requests;
using Flotilla.ApiServer.Storage;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Resources;

/// <summary>Deletes one object: at once, or marked and left to its finalizers and its grace period.</summary>
internal static class DeleteOperation
{
    private const string OrphanFinalizer = "orphan";
    private const string ForegroundFinalizer = "foregroundDeletion";

    /// <summary>Kinds whose registry answers a delete with the object that was deleted rather than with a Status.</summary>
    private static readonly HashSet<string> ReturnsObject = new(StringComparer.Ordinal)
    {
        "pods", "services", "persistentvolumes", "persistentvolumeclaims", "serviceaccounts", "resourcequotas", "podtemplates",
    };

    /// <returns>The answer: the object when it is still there (or its kind answers so), else a Status of success.</returns>
    public static async Task<JsonObject> RunAsync(RequestContext context, ServedResource resource, string ns, string name, DeleteOptions options)
    {
        var key = new ObjectKey(resource.Type.Namespaced ? ns : "", name);
        var store = context.Cluster.Store.Resource(resource.StorageName);
        while (true)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var stored = store.Get(key) ?? throw ApiStatusException.NotFound(resource.Group, resource.Plural, name);
            try
            {
                return await TryAsync(context, resource, store, stored, options);
            }
            catch (StorageConflictException e) when (e.Conflict != StorageConflict.ClusterDeleted)
            {
                // It changed in between: look again.
            }
        }
    }

    private static async Task<JsonObject> TryAsync(
        RequestContext context, ServedResource resource, ResourceStore store, StoredObject stored, DeleteOptions options)
    {
        var live = resource.FromStorage(stored.Parse());
        CheckPreconditions(resource, live, options);
        var admission = Admitting.Delete(context, resource, stored.Key.Namespace, stored.Key.Name, live, options);
        await context.Cluster.Admission.MutateAsync(admission, context.Cancellation);
        await context.Cluster.Admission.ValidateAsync(admission, context.Cancellation);

        var obj = (JsonObject)live.DeepClone();
        if (options.PropagationPolicy is null && resource.Rules.PropagationWarning is { } warning)
            context.Warnings.Add(warning);
        UpdateFinalizers(resource, obj, options);
        var grace = resource.Rules.GracePeriodSeconds(obj, options.GracePeriodSeconds);
        var before = live.Object("metadata").Member("deletionGracePeriodSeconds").AsInt64OrNull();
        if (ObjectMetadata.IsBeingDeleted(live) && before is { } running)
            grace = Math.Min(grace, running);

        var behaviour = context.Cluster.BehaviourOf(resource);
        var stays = ObjectMetadata.HasFinalizers(obj) || grace > 0 || behaviour?.HoldsOnDelete(obj) == true;
        if (!stays)
        {
            var last = live;
            if (resource.Rules.MarksBeforeDelete)
            {
                last = Marked(obj, live, context.Now, 0);
                if (!options.DryRun)
                    stored = await store.UpdateAsync(stored.Key, stored.Revision, resource.ToStorage(obj), context.Cancellation);
            }
            if (!options.DryRun)
            {
                var deleted = await store.DeleteAsync(stored.Key, stored.Revision, null, context.Cancellation);
                behaviour?.AfterDelete(live);
                last = resource.FromStorage(deleted.Parse());
            }
            return ReturnsObject.Contains(resource.Qualified) ? last : Success(resource, live);
        }

        if (resource.Rules.MarksBeforeDelete)
            Marked(obj, live, context.Now, grace);
        else if (behaviour is null)
            ObjectMetadata.MarkDeleted(obj, context.Now, grace);
        else
            behaviour.MarkDeleted(obj, context.Now, grace);
        if (JsonNodeExtensions.DeepEquals(obj, live) || options.DryRun)
            return obj;
        var written = await store.UpdateAsync(stored.Key, stored.Revision, resource.ToStorage(obj), context.Cancellation);
        return resource.FromStorage(written.Parse());
    }

    /// <summary>Marks an object of a kind whose deletion may take time; that it is to end is news to those who run it.</summary>
    private static JsonObject Marked(JsonObject obj, JsonObject live, DateTimeOffset now, long grace)
    {
        var (metadata, before) = (ObjectMetadata.Of(obj), live.Object("metadata"));
        if (!ObjectMetadata.IsBeingDeleted(live))
        {
            if (before.Member("generation").AsInt64OrNull() is { } generation and > 0)
                metadata["generation"] = generation + 1;
        }
        else if (DateTimeOffset.TryParse(before.String("deletionTimestamp"), CultureInfo.InvariantCulture, out var end))
        {
            // Less time than before, counted from when it was first asked for.
            now = end.AddSeconds(-(before.Member("deletionGracePeriodSeconds").AsInt64OrNull() ?? 0));
            metadata.Remove("deletionTimestamp");
        }
        ObjectMetadata.MarkDeleted(obj, now.AddSeconds(grace), grace);
        return obj;
    }

    private static void CheckPreconditions(ServedResource resource, JsonObject live, DeleteOptions options)
    {
        var name = ObjectMetadata.Name(live);
        if (options.Uid is { } uid && uid != ObjectMetadata.Uid(live))
        {
            throw ApiStatusException.Conflict(resource.Group, resource.Type.Kind, name,
                $"the UID in the precondition ({uid}) does not match the UID in record ({ObjectMetadata.Uid(live)}). The object might have been deleted and then recreated");
        }
        if (options.ResourceVersion is { } version && version != ObjectMetadata.ResourceVersion(live))
        {
            throw ApiStatusException.Conflict(resource.Group, resource.Type.Kind, name,
                $"the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record ({ObjectMetadata.ResourceVersion(live)}). The object might have been modified");
        }
    }

    /// <summary>What the propagation policy means: two finalizers that the garbage collector acts on.</summary>
    private static void UpdateFinalizers(ServedResource resource, JsonObject obj, DeleteOptions options)
    {
        var policy = options.PropagationPolicy
            ?? (HasFinalizer(obj, OrphanFinalizer) ? "Orphan"
                : HasFinalizer(obj, ForegroundFinalizer) ? "Foreground"
                : resource.Rules.OrphansByDefault ? "Orphan" : null);
        if (policy is null)
            return;
        SetFinalizer(obj, OrphanFinalizer, policy == "Orphan");
        SetFinalizer(obj, ForegroundFinalizer, policy == "Foreground");
    }

    private static bool HasFinalizer(JsonObject obj, string finalizer) =>
        (obj.Object("metadata").Array("finalizers") ?? []).Any(f => f.AsStringOrNull() == finalizer);

    private static void SetFinalizer(JsonObject obj, string finalizer, bool wanted)
    {
        if (HasFinalizer(obj, finalizer) == wanted)
            return;
        var metadata = ObjectMetadata.Of(obj);
        var list = metadata.Array("finalizers") ?? [];
        if (wanted)
        {
            list.Add(finalizer);
            if (list.Parent is null)
                metadata["finalizers"] = list;
        }
        else
        {
            list.Remove(list.First(f => f.AsStringOrNull() == finalizer));
            if (list.Count == 0)
                metadata.Remove("finalizers");
        }
    }

    private static JsonObject Success(ServedResource resource, JsonObject live)
    {
        var details = new JsonObject { ["name"] = ObjectMetadata.Name(live) };
        if (resource.Group.Length > 0)
            details["group"] = resource.Group;
        details["kind"] = resource.Plural;
        details["uid"] = ObjectMetadata.Uid(live);
        return new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["details"] = details,
        };
    }
}
