using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Client;

public sealed partial class KubernetesClient
{
    /// <summary>Creates an object; with a subresource (as <c>token</c>) the object is what is posted to it.</summary>
    /// <param name="ns">Null takes that of the object, or <see cref="Namespace"/>.</param>
    /// <exception cref="ApiStatusException">The server refused; 409 when there is one of that name.</exception>
    public async Task<JsonObject> CreateAsync(ResourceReference resource, string? ns, JsonObject obj, WriteOptions options, CancellationToken cancellation)
    {
        var place = Place(resource, ns, obj);
        var path = options.Subresource is { } subresource
            ? resource.ObjectPath(place, ObjectKey.Of(obj).Name, subresource)
            : resource.CollectionPath(place);
        using var answer = await ExchangeAsync(
            HttpMethod.Post, WritePath(path, options.FieldManager, options.DryRun, options.FieldValidation), MediaNames.Json,
            Body(JsonText.ToUtf8(obj), MediaNames.Json), cancellation);
        return answer.Object();
    }

    /// <summary>Replaces an object, or a subresource of it. With a resourceVersion in the object it fails (409) when somebody was faster.</summary>
    /// <param name="ns">Null takes that of the object, or <see cref="Namespace"/>.</param>
    /// <exception cref="ApiStatusException">The server refused.</exception>
    public async Task<JsonObject> UpdateAsync(ResourceReference resource, string? ns, JsonObject obj, WriteOptions options, CancellationToken cancellation)
    {
        var path = resource.ObjectPath(Place(resource, ns, obj), ObjectKey.Of(obj).Name, options.Subresource);
        using var answer = await ExchangeAsync(
            HttpMethod.Put, WritePath(path, options.FieldManager, options.DryRun, options.FieldValidation), MediaNames.Json,
            Body(JsonText.ToUtf8(obj), MediaNames.Json), cancellation);
        return answer.Object();
    }

    /// <summary>Patches an object, or a subresource of it.</summary>
    /// <exception cref="ApiStatusException">The server refused; 404 when it is not there.</exception>
    public async Task<JsonObject> PatchAsync(
        ResourceReference resource, string? ns, string name, PatchKind kind, JsonNode patch, PatchOptions options, CancellationToken cancellation)
    {
        var path = resource.ObjectPath(ns, name, options.Subresource);
        using var answer = await ExchangeAsync(
            HttpMethod.Patch, WritePath(path, options.FieldManager, options.DryRun, options.FieldValidation), MediaNames.Json,
            Body(JsonText.ToUtf8(patch), MediaNames.Of(kind)), cancellation);
        return answer.Object();
    }

    /// <summary>Applies an object (server-side apply).</summary>
    /// <exception cref="ApiStatusException">The server refused; 409 when another manager owns a field and wants it otherwise.</exception>
    /// <exception cref="UnknownResourceException">No resource was given, and the server knows none of this apiVersion and kind.</exception>
    public async Task<JsonObject> ApplyAsync(JsonObject obj, ApplyOptions options, CancellationToken cancellation)
    {
        var resource = options.Resource
            ?? await Resources.ResolveAsync(obj.String("apiVersion") ?? "", obj.String("kind") ?? "", cancellation);
        using var answer = await SendApplyAsync(resource, Place(resource, null, obj), ObjectKey.Of(obj).Name, JsonText.ToUtf8(obj), options, cancellation);
        return answer.Object();
    }

    /// <summary>Applies an object that is at hand as text, which goes out as it is.</summary>
    /// <exception cref="ApiStatusException">The server refused; 409 when another manager owns a field and wants it otherwise.</exception>
    public async Task<ApplyOutcome> ApplyAsync(
        ResourceReference resource, string? ns, string name, ReadOnlyMemory<byte> utf8Json, ApplyOptions options, CancellationToken cancellation)
    {
        using var answer = await SendApplyAsync(resource, ns, name, utf8Json, options, cancellation);
        return new ApplyOutcome(answer.Code == 201, answer.Body.ToArray(), WarningsOf(answer));
    }

    /// <summary>Deletes an object.</summary>
    /// <returns>The object as it is on its way out, or a Status; null when it was not there.</returns>
    /// <exception cref="ApiStatusException">The server refused; 409 when a precondition does not hold.</exception>
    public async Task<JsonObject?> DeleteAsync(ResourceReference resource, string? ns, string name, DeleteOptions options, CancellationToken cancellation)
    {
        using var answer = await ExchangeAsync(
            HttpMethod.Delete, resource.ObjectPath(ns, name), MediaNames.Json, DeleteBody(options), absentIsNull: true, cancellation);
        return answer?.Object();
    }

    private Task<Answer> SendApplyAsync(
        ResourceReference resource, string? ns, string name, ReadOnlyMemory<byte> utf8Json, ApplyOptions options, CancellationToken cancellation)
    {
        var query = new QueryText(resource.ObjectPath(ns, name, options.Subresource));
        query.Add("fieldManager", options.FieldManager);
        query.Flag("force", options.Force);
        query.DryRun(options.DryRun);
        query.Add("fieldValidation", options.FieldValidation);
        var accept = options.MetadataOnly ? $"{MediaNames.Metadata},{MediaNames.Json}" : MediaNames.Json;
        return ExchangeAsync(HttpMethod.Patch, query.ToString(), accept, Body(utf8Json, MediaNames.Apply), cancellation);
    }

    private static string WritePath(string path, string? fieldManager, bool dryRun, string? fieldValidation)
    {
        var query = new QueryText(path);
        query.Add("fieldManager", fieldManager);
        query.DryRun(dryRun);
        query.Add("fieldValidation", fieldValidation);
        return query.ToString();
    }

    private string? Place(ResourceReference resource, string? ns, JsonObject obj) =>
        !resource.Namespaced ? null : !string.IsNullOrEmpty(ns) ? ns : ObjectKey.Of(obj).Namespace is { Length: > 0 } own ? own : Namespace;

    private static ReadOnlyMemoryContent? DeleteBody(DeleteOptions options)
    {
        if (options == DeleteOptions.Default)
            return null;
        var body = new JsonObject { ["kind"] = "DeleteOptions", ["apiVersion"] = "v1" };
        if (options.PropagationPolicy is { } policy)
            body["propagationPolicy"] = policy;
        if (options.GracePeriodSeconds is { } seconds)
            body["gracePeriodSeconds"] = seconds;
        if (options.DryRun)
            body["dryRun"] = new JsonArray("All");
        if (options.Uid is not null || options.ResourceVersion is not null)
        {
            var preconditions = new JsonObject();
            if (options.Uid is { } uid)
                preconditions["uid"] = uid;
            if (options.ResourceVersion is { } version)
                preconditions["resourceVersion"] = version;
            body["preconditions"] = preconditions;
        }
        return Body(JsonText.ToUtf8(body), MediaNames.Json);
    }
}
