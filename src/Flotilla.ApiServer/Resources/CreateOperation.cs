using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds;
using Flotilla.ApiServer.Lifecycle;
using Flotilla.ApiServer.Requests;
using Flotilla.ApiServer.Storage;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Resources;

/// <summary>From a decoded object to a stored one.</summary>
internal static class CreateOperation
{
    private const int GeneratedNameTries = 8;

    /// <param name="managed">False when <c>managedFields</c> were already computed (server-side apply).</param>
    public static async Task<JsonObject> RunAsync(
        RequestContext context, ServedResource resource, string ns, JsonObject obj, WriteOptions options, bool managed = true)
    {
        PutIntoNamespace(resource, obj, ns);
        var metadata = ObjectMetadata.Of(obj);
        if (!string.IsNullOrEmpty(metadata.String("resourceVersion")))
            throw ApiStatusException.BadRequest("resourceVersion should not be set on objects to be created");
        metadata.Remove("deletionTimestamp");
        metadata.Remove("deletionGracePeriodSeconds");
        if (resource.Rules.HasStatus && !resource.Rules.KeepsStatusOnCreate)
            resource.ClearStatus(obj);
        if (managed)
            resource.Fields.Update(null, obj, options.FieldManager, "", context.Now);

        var generated = string.IsNullOrEmpty(metadata.String("name")) && metadata.String("generateName") is { Length: > 0 };
        var admission = Admitting.Create(context, resource, ns, obj, options);
        await context.Cluster.Admission.MutateAsync(admission, context.Cancellation);

        var behaviour = context.Cluster.BehaviourOf(resource);
        for (var tries = 1; ; tries++)
        {
            ObjectMetadata.FillForCreate(obj, context.Now);
            if (resource.Rules.HasGeneration)
                metadata["generation"] = 1L;
            resource.Rules.PrepareForCreate(obj);
            resource.Rules.NoteRequester(obj, context.User);
            using var reservation = behaviour?.Reserve(obj, null);
            Validate(resource, obj);
            context.Warnings.AddRange(resource.Rules.Warnings(obj, null));
            await context.Cluster.Admission.ValidateAsync(admission with { Name = ObjectMetadata.Name(obj) }, context.Cancellation);

            var key = new ObjectKey(resource.Type.Namespaced ? ns : "", ObjectMetadata.Name(obj));
            var store = context.Cluster.Store.Resource(resource.StorageName);
            try
            {
                if (!options.DryRun)
                {
                    var written = await store.CreateAsync(key, resource.ToStorage(obj), Conditions(context, resource, ns), context.Cancellation);
                    reservation?.Commit();
                    return resource.FromStorage(written.Parse());
                }
                if (store.Get(key) is null)
                    return obj;
            }
            catch (StorageConflictException e) when (e.Conflict == StorageConflict.ConditionFailed)
            {
                // The namespace or the definition began to go after admission had looked at it.
                NamespaceAdmission.Check(context.Cluster, admission);
                throw ApiStatusException.NotFound(resource.Group, resource.Plural, key.Name);
            }
            catch (StorageConflictException)
            {
                // Somebody was faster; told below like an object that was there before.
            }
            if (generated && tries < GeneratedNameTries)
            {
                metadata.Remove("name");
                continue;
            }
            throw AlreadyExists(resource, store.Get(key), key.Name);
        }
    }

    /// <summary>Whatever is created belongs to a namespace and a definition that stay; else it would outlive them.</summary>
    private static List<WriteCondition> Conditions(RequestContext context, ServedResource resource, string ns)
    {
        var conditions = new List<WriteCondition>(2);
        if (resource.Type.Namespaced)
            conditions.Add(new WriteCondition(context.Cluster.Store.Resource("namespaces"), new ObjectKey("", ns)));
        if (resource.IsCustom)
            conditions.Add(new WriteCondition(context.Cluster.Store.Resource("customresourcedefinitions.apiextensions.k8s.io"), new ObjectKey("", resource.StorageName)));
        return conditions;
    }

    public static void PutIntoNamespace(ServedResource resource, JsonObject obj, string ns)
    {
        var metadata = ObjectMetadata.Of(obj);
        if (!resource.Type.Namespaced)
        {
            metadata.Remove("namespace");
            return;
        }
        var sent = metadata.String("namespace") ?? "";
        if (sent.Length > 0 && sent != ns)
            throw ApiStatusException.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        metadata["namespace"] = ns;
    }

    private static void Validate(ServedResource resource, JsonObject obj)
    {
        var errors = ObjectValidation.Create(resource.Rules, obj, resource.Type.Namespaced);
        if (errors.Count > 0)
            throw ApiStatusException.Invalid(resource.Rules.GroupInErrors ?? resource.Group, resource.Type.Kind, ObjectMetadata.Name(obj), errors);
    }

    private static ApiStatusException AlreadyExists(ServedResource resource, StoredObject? there, string name)
    {
        var failure = ApiStatusException.AlreadyExists(resource.Group, resource.Plural, name);
        return there is not null && ObjectMetadata.IsBeingDeleted(there.Parse())
            ? new ApiStatusException(failure.Status with { Message = "object is being deleted: " + failure.Status.Message })
            : failure;
    }
}
