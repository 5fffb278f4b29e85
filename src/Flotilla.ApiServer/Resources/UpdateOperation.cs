using System.Globalization;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds;
using Flotilla.ApiServer.Requests;
using Flotilla.ApiServer.Storage;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.ManagedFields;

namespace Flotilla.ApiServer.Resources;

/// <summary>Makes the object that shall be stored from the live one; runs again when another writer was faster.</summary>
/// <param name="live">The object as it is, a copy of one's own; null when there is none.</param>
internal delegate JsonObject? Proposal(JsonObject? live);

/// <summary>Read, propose, check, write: PUT, every kind of PATCH, and the server's own changes.</summary>
internal sealed class UpdateOperation(RequestContext context, ServedResource resource, string subresource, WriteOptions options)
{
    /// <summary>Whether managedFields are computed here (server-side apply brings its own).</summary>
    public bool Managed { get; init; } = true;

    /// <summary>Whether an object that is not there is created from the proposal.</summary>
    public bool CreateWhenAbsent { get; init; }

    /// <summary>Whether the client sent the whole object (PUT), so that its uid and resourceVersion are preconditions.</summary>
    public bool WholeObject { get; init; }

    public async Task<(JsonObject Object, bool Created)> RunAsync(string ns, string name, Proposal propose)
    {
        var key = new ObjectKey(resource.Type.Namespaced ? ns : "", name);
        var store = context.Cluster.Store.Resource(resource.StorageName);
        while (true)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var stored = store.Get(key);
            var live = stored is null ? null : resource.FromStorage(stored.Parse());
            if (live is null && !CreateWhenAbsent)
                throw ApiStatusException.NotFound(resource.Group, resource.Plural, name);
            var obj = propose((JsonObject?)live?.DeepClone());
            if (obj is null)
                return (live!, false);
            var conditional = WholeObject && ObjectMetadata.ResourceVersion(obj).Length > 0;
            try
            {
                return live is null
                    ? (await CreateOperation.RunAsync(context, resource, ns, WithName(obj, name), options, Managed), true)
                    : (await WriteAsync(store, stored!, live, obj), false);
            }
            catch (StorageConflictException e) when (live is not null && e.Conflict != StorageConflict.ClusterDeleted)
            {
                // Another write came in between. Each round one writer succeeds, so there is no need to give up.
                if (conditional)
                    throw Modified(name);
            }
            catch (ApiStatusException e) when (live is null && e.Status.Reason == "AlreadyExists" && !options.DryRun)
            {
                // Somebody else created it meanwhile, so now it is an update.
            }
        }
    }

    private async Task<JsonObject> WriteAsync(ResourceStore store, StoredObject stored, JsonObject live, JsonObject obj)
    {
        var name = stored.Key.Name;
        CreateOperation.PutIntoNamespace(resource, obj, stored.Key.Namespace);
        CheckPreconditions(live, obj, name);
        RestoreOtherParts(obj, live);
        ObjectMetadata.KeepOnUpdate(obj, live);
        ObjectMetadata.Of(obj)["resourceVersion"] = ObjectMetadata.ResourceVersion(live);
        if (Managed)
            UpdateOwners(obj, live);

        var admission = Admitting.Update(context, resource, subresource, stored.Key.Namespace, name, obj, live, options);
        await context.Cluster.Admission.MutateAsync(admission, context.Cancellation);

        Prepare(obj, live);
        var behaviour = context.Cluster.BehaviourOf(resource);
        using var reservation = subresource.Length == 0 ? behaviour?.Reserve(obj, live) : null;
        Validate(obj, live, name);
        context.Warnings.AddRange(resource.Rules.Warnings(obj, live));
        await context.Cluster.Admission.ValidateAsync(admission, context.Cancellation);

        if (ManagedFieldsList.RevertTimes(live, obj) || JsonNodeExtensions.DeepEquals(obj, live))
            return live;
        if (EndsDeletion(obj))
        {
            if (!options.DryRun)
            {
                await store.DeleteAsync(stored.Key, stored.Revision, null, context.Cancellation);
                behaviour?.AfterDelete(live);
            }
            return obj;
        }
        if (options.DryRun)
            return obj;
        var written = await store.UpdateAsync(stored.Key, stored.Revision, resource.ToStorage(obj), context.Cancellation);
        reservation?.Commit();
        return resource.FromStorage(written.Parse());
    }

    /// <summary>An object must not name another one than the URL.</summary>
    /// <exception cref="ApiStatusException">400.</exception>
    public static void CheckIdentity(ServedResource resource, JsonObject obj, string ns, string name)
    {
        if (ObjectMetadata.Name(obj) is { Length: > 0 } sent && sent != name)
            throw ApiStatusException.BadRequest($"the name of the object ({sent}) does not match the name on the URL ({name})");
        if (resource.Type.Namespaced && obj.Object("metadata").String("namespace") is { Length: > 0 } sentNamespace && sentNamespace != ns)
            throw ApiStatusException.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
    }

    private void UpdateOwners(JsonObject obj, JsonObject live)
    {
        if (subresource == "scale" && resource.Scale is { } scale)
            ScaleOwners.Update(resource, scale, live, obj, options.FieldManager, context.Now);
        else
            resource.Fields.Update(live, obj, options.FieldManager, subresource, context.Now);
    }

    private void CheckPreconditions(JsonObject live, JsonObject obj, string name)
    {
        CheckIdentity(resource, obj, ObjectMetadata.Of(live).String("namespace") ?? "", name);
        var version = ObjectMetadata.ResourceVersion(obj);
        if (version.Length > 0)
        {
            if (!long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                throw ApiStatusException.Invalid(resource.Group, resource.Type.Kind, name,
                    [FieldError.Invalid("metadata.resourceVersion", version, $"strconv.ParseUint: parsing {FieldError.Quote(version)}: invalid syntax")]);
            }
        }
        else if (!resource.Rules.AllowUnconditionalUpdate)
        {
            throw ApiStatusException.Invalid(resource.Group, resource.Plural, name,
                [FieldError.Invalid("metadata.resourceVersion", 0L, "must be specified for an update")]);
        }

        var uid = ObjectMetadata.Uid(obj);
        if (WholeObject && uid.Length > 0 && uid != ObjectMetadata.Uid(live))
        {
            throw ApiStatusException.Conflict(resource.Group, resource.Plural, name,
                $"Precondition failed: UID in precondition: {uid}, UID in object meta: {ObjectMetadata.Uid(live)}");
        }
        if (version.Length > 0 && version != "0" && version != ObjectMetadata.ResourceVersion(live))
            throw Modified(name);
    }

    private bool IsPlain => subresource is "" or "scale";

    /// <summary>A plain write keeps the status, a write to <c>/status</c> keeps everything else, others keep what they are not about.</summary>
    private void RestoreOtherParts(JsonObject obj, JsonObject live)
    {
        if (subresource == "status")
            resource.Rules.PrepareForStatusUpdate(obj, live);
        else if (!IsPlain)
            resource.Rules.PrepareForSubresource(subresource, obj, live);
        else if (subresource.Length == 0 && resource.Rules.HasStatus)
            ObjectMetadata.Take(obj, live, "status");
    }

    private void Prepare(JsonObject obj, JsonObject live)
    {
        if (IsPlain)
            resource.Rules.PrepareForUpdate(obj, live);
        resource.Rules.NoteTimes(obj, live, ObjectMetadata.Timestamp(context.Now));
        if (subresource != "status" && resource.Rules.ChangesGeneration(obj, live))
            ObjectMetadata.Of(obj)["generation"] = (live.Object("metadata").Member("generation").AsInt64OrNull() ?? 0) + 1;
    }

    private void Validate(JsonObject obj, JsonObject live, string name)
    {
        var namespaced = resource.Type.Namespaced;
        var errors = subresource == "status" ? ObjectValidation.StatusUpdate(resource.Rules, obj, live, namespaced)
            : IsPlain ? ObjectValidation.Update(resource.Rules, obj, live, namespaced)
            : ObjectValidation.SubresourceUpdate(resource.Rules, subresource, obj, live, namespaced);
        if (errors.Count > 0)
            throw ApiStatusException.Invalid(resource.Rules.GroupInErrors ?? resource.Group, resource.Type.Kind, name, errors);
    }

    /// <summary>The last finalizer of an object that is being deleted has gone.</summary>
    private static bool EndsDeletion(JsonObject obj) =>
        ObjectMetadata.IsBeingDeleted(obj)
        && !ObjectMetadata.HasFinalizers(obj)
        && (obj.Object("metadata").Member("deletionGracePeriodSeconds").AsInt64OrNull() ?? 0) == 0
        && obj.Object("spec").Array("finalizers") is not { Count: > 0 };

    private static JsonObject WithName(JsonObject obj, string name)
    {
        var metadata = ObjectMetadata.Of(obj);
        if (string.IsNullOrEmpty(metadata.String("name")))
            metadata["name"] = name;
        else if (metadata.String("name") != name)
            throw ApiStatusException.BadRequest($"the name of the object ({metadata.String("name")}) does not match the name on the URL ({name})");
        return obj;
    }

    private ApiStatusException Modified(string name) => ApiStatusException.Conflict(resource.Group, resource.Plural, name,
        "the object has been modified; please apply your changes to the latest version and try again");
}
