using System.Text.Json.Nodes;
using Flotilla.ApiServer.CustomResources;
using Flotilla.ApiServer.Requests.Reviews;
using Flotilla.ApiServer.Resources;
using Flotilla.ApiServer.Storage;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Microsoft.AspNetCore.Http;

namespace Flotilla.ApiServer.Requests;

/// <summary>Requests for objects: finds the resource, checks that path and method fit it, runs the verb.</summary>
internal static class ResourceHandler
{
    public static Task HandleAsync(HttpContext http, RequestContext context, RequestInfo info)
    {
        var catalog = context.Cluster.Catalog;
        var resource = catalog.Find(info.Group, info.Version, info.Resource);
        if (resource is null)
        {
            return ResourceCatalog.IsBuiltInGroup(info.Group)
                ? throw ApiStatusException.NoSuchPath()
                : StatusResponse.WritePageNotFoundAsync(http);
        }
        var verb = new ResourceRequest(http, context, info, resource);
        if (IsOutOfScope(info, resource))
            return resource.IsCustom ? StatusResponse.WritePageNotFoundAsync(http) : throw ApiStatusException.NoSuchPath();
        if (resource.Type.Namespaced && info.Namespace.Length == 0 && http.Request.Method != "GET")
            throw StatusResponse.MethodNotAllowed();
        if (resource.Rules.Deprecation is { } deprecation)
            context.Warnings.Add(deprecation);
        if (info.Subresource.Length > 0)
            return SubresourceHandler.HandleAsync(verb);
        return info.NameInPath ? ItemAsync(verb) : CollectionAsync(verb);
    }

    /// <summary>A namespaced object asked for without a namespace, or the other way round.</summary>
    private static bool IsOutOfScope(RequestInfo info, ServedResource resource) => resource.Type.Namespaced
        ? info.Namespace.Length == 0 && info.NameInPath
        : info.Namespace.Length > 0 && resource is not { Group: "", Plural: "namespaces" };

    private static Task ItemAsync(ResourceRequest request) => request.Http.Request.Method switch
    {
        "GET" when request.Info.Verb == "watch" && request.Resource.Serves("watch") => WatchAsync(request),
        "GET" when request.Resource.Serves("get") => GetAsync(request),
        "PUT" when request.Resource.Serves("update") => UpdateAsync(request, ""),
        "PATCH" when request.Resource.Serves("patch") => PatchAsync(request, ""),
        "DELETE" when request.Resource.Serves("delete") => DeleteAsync(request),
        _ => throw StatusResponse.MethodNotAllowed(),
    };

    private static Task CollectionAsync(ResourceRequest request) => request.Http.Request.Method switch
    {
        "GET" when request.Info.Verb == "watch" && request.Resource.Serves("watch") => WatchAsync(request),
        "GET" when request.Resource.Serves("list") => ListAsync(request),
        "POST" when request.Resource.Serves("create") => CreateAsync(request),
        "DELETE" when request.Resource.Serves("deletecollection") => DeleteCollectionAsync(request),
        _ => throw StatusResponse.MethodNotAllowed(),
    };

    public static Task GetAsync(ResourceRequest request)
    {
        var wanted = request.Http.Request.Query["resourceVersion"].ToString();
        if (wanted.Length > 0 && ListOptions.ParseRevision(wanted) is var revision && !request.Context.Cluster.Reaches(revision))
            throw ListOperation.TooNew(revision, request.Context.Cluster.Revision);
        return request.Response.WriteStoredAsync(request.Find());
    }

    private static Task ListAsync(ResourceRequest request)
    {
        var options = ListOptions.Read(request.Http.Request, watch: false);
        var page = ListOperation.Run(request.Context, request.Resource, request.ListNamespace, options);
        return request.Response.WriteListAsync(page);
    }

    private static Task WatchAsync(ResourceRequest request)
    {
        var options = ListOptions.Read(request.Http.Request, watch: true);
        if (request.Info.NameInPath)
            options = options.WithName(request.Info.Name);
        var watch = new WatchOperation(request.Context, request.Resource, request.ListNamespace, options, request.Response.EventEncoder());
        return watch.RunAsync(request.Http.Response);
    }

    private static async Task CreateAsync(ResourceRequest request)
    {
        if (ReviewHandler.Answers(request.Resource))
        {
            await ReviewHandler.HandleAsync(request);
            return;
        }
        if (request.Resource is CustomResource { IsTerminating: true })
            throw new ApiStatusException(StatusResponse.MethodNotAllowed().Status with { Message = "create not allowed while custom resource definition is terminating" });
        var options = WriteOptions.Read(request.Http.Request, "CreateOptions");
        var obj = await request.ReadObjectAsync(options);
        var created = await CreateOperation.RunAsync(request.Context, request.Resource, request.Info.Namespace, obj, options);
        await request.Response.WriteObjectAsync(created, 201);
    }

    public static async Task UpdateAsync(ResourceRequest request, string subresource)
    {
        var options = WriteOptions.Read(request.Http.Request, "UpdateOptions");
        var obj = await request.ReadObjectAsync(options);
        UpdateOperation.CheckIdentity(request.Resource, obj, request.Info.Namespace, request.Info.Name);
        var update = new UpdateOperation(request.Context, request.Resource, subresource, options)
        {
            WholeObject = true,
            CreateWhenAbsent = subresource.Length == 0 && request.Resource.Rules.AllowCreateOnUpdate,
        };
        var (updated, created) = await update.RunAsync(request.Info.Namespace, request.Info.Name, _ => (JsonObject)obj.DeepClone());
        await request.Response.WriteObjectAsync(updated, created ? 201 : 200);
    }

    public static async Task PatchAsync(ResourceRequest request, string subresource)
    {
        var mediaType = RequestBody.MediaType(request.Http.Request);
        var options = WriteOptions.Read(request.Http.Request, "PatchOptions", mediaType == PatchOperation.Apply);
        var body = await RequestBody.ReadAsync(request.Http.Request, request.Context.Cancellation);
        var (patched, created) = await PatchOperation.RunAsync(
            request.Context, request.Resource, request.Info.Namespace, request.Info.Name, subresource, body, mediaType, options);
        await request.Response.WriteObjectAsync(patched, created ? 201 : 200);
    }

    private static async Task DeleteAsync(ResourceRequest request)
    {
        var options = await request.ReadDeleteOptionsAsync();
        var answer = await DeleteOperation.RunAsync(request.Context, request.Resource, request.Info.Namespace, request.Info.Name, options);
        if (answer.String("kind") == "Status" && answer.String("apiVersion") == "v1")
            await StatusResponse.WriteAsync(request.Http, answer, 200);
        else
            await request.Response.WriteObjectAsync(answer, 200);
    }

    private static async Task DeleteCollectionAsync(ResourceRequest request)
    {
        var list = ListOptions.Read(request.Http.Request, watch: false);
        var options = await request.ReadDeleteOptionsAsync();
        var page = ListOperation.Run(request.Context, request.Resource, request.ListNamespace, list);
        foreach (var item in page.Items)
        {
            try
            {
                await DeleteOperation.RunAsync(request.Context, request.Resource, item.Key.Namespace, item.Key.Name, options);
            }
            catch (ApiStatusException e) when (e.Status.Code == 404)
            {
                // Gone already, which is what was wanted.
            }
        }
        await request.Response.WriteListAsync(page);
    }
}

/// <summary>A request whose resource was found.</summary>
internal sealed record ResourceRequest(HttpContext Http, RequestContext Context, RequestInfo Info, ServedResource Resource)
{
    private ObjectResponse? response;

    public ObjectResponse Response => response ??= new ObjectResponse(Http, Context, Resource);

    /// <summary>The namespace to list in; empty for all, and for resources that have none.</summary>
    public string ListNamespace => Resource.Type.Namespaced ? Info.Namespace : "";

    public ObjectKey Key => new(ListNamespace, Info.Name);

    public StoredObject Find() =>
        Context.Cluster.Store.Resource(Resource.StorageName).Get(Key) ?? throw ApiStatusException.NotFound(Resource.Group, Resource.Plural, Info.Name);

    public async Task<JsonObject> ReadObjectAsync(WriteOptions options)
    {
        // The media type is looked at first: a body that nobody can read is not read.
        var body = await RequestBody.ReadAsync(Http.Request, Context.Cancellation);
        return ObjectReader.Read(Resource, body, RequestBody.MediaType(Http.Request), options, Context.Warnings);
    }

    public async Task<DeleteOptions> ReadDeleteOptionsAsync()
    {
        var body = await RequestBody.ReadAsync(Http.Request, Context.Cancellation);
        if (body.Length == 0)
            return DeleteOptions.Read(Http.Request, null);
        var parsed = ObjectReader.Parse(body, RequestBody.MediaType(Http.Request), "DeleteOptions", new DecodingProblems(FieldValidation.Ignore), "v1");
        var options = parsed as JsonObject ?? throw ApiStatusException.BadRequest("the body is not an object of kind DeleteOptions");
        if (options.String("kind") is { } kind and not "DeleteOptions")
            throw ApiStatusException.BadRequest($"the object provided is unrecognized (must be of type DeleteOptions): it is of kind {kind}");
        return DeleteOptions.Read(Http.Request, options);
    }
}
