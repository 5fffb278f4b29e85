using System.Text.Json.Nodes;
using Flotilla.ApiServer.Resources;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Requests;

/// <summary><c>/scale</c>: autoscaling/v1 Scale as a view of the object's replicas.</summary>
internal static class ScaleHandler
{
    public static Task HandleAsync(ResourceRequest request) => request.Http.Request.Method switch
    {
        "GET" => GetAsync(request),
        "PUT" => PutAsync(request),
        _ => PatchAsync(request),
    };

    private static Task GetAsync(ResourceRequest request) =>
        request.Response.WriteNodeAsync(Mapping(request).Read(request.Resource.FromStorage(request.Find().Parse())), 200);

    private static async Task PutAsync(ResourceRequest request)
    {
        var options = WriteOptions.Read(request.Http.Request, "UpdateOptions");
        var body = await RequestBody.ReadAsync(request.Http.Request, request.Context.Cancellation);
        var scale = ObjectReader.Read(ScaleKind.Resource, body, RequestBody.MediaType(request.Http.Request), options, request.Context.Warnings);
        await WriteAsync(request, options, _ => (JsonObject)scale.DeepClone());
    }

    private static async Task PatchAsync(ResourceRequest request)
    {
        var mediaType = RequestBody.MediaType(request.Http.Request);
        var options = WriteOptions.Read(request.Http.Request, "PatchOptions", mediaType == PatchOperation.Apply);
        var body = await RequestBody.ReadAsync(request.Http.Request, request.Context.Cancellation);
        var patch = PatchOperation.Change(ScaleKind.Resource, body, mediaType);
        await WriteAsync(request, options, scale =>
        {
            var patched = patch(scale);
            ObjectReader.ReadPatched(ScaleKind.Resource, patched, options, request.Context.Warnings);
            return patched;
        });
    }

    private static async Task WriteAsync(ResourceRequest request, WriteOptions options, Func<JsonObject, JsonObject> change)
    {
        var mapping = Mapping(request);
        var resource = request.Resource;
        var update = new UpdateOperation(request.Context, resource, "scale", options);
        var (updated, _) = await update.RunAsync(request.Info.Namespace, request.Info.Name, live =>
        {
            var scale = change(mapping.ReadForUpdate(live!));
            var sent = scale.Object("metadata");
            if (sent.String("name") is { Length: > 0 } name && name != request.Info.Name)
                throw ApiStatusException.BadRequest($"the name of the object ({name}) does not match the name on the URL ({request.Info.Name})");
            mapping.Write(live!, scale);
            // Preconditions of the scale are those of the object.
            if (sent.String("resourceVersion") is { Length: > 0 } version)
                ObjectMetadata.Of(live!)["resourceVersion"] = version;
            if (sent.String("uid") is { Length: > 0 } uid)
                ObjectMetadata.Of(live!)["uid"] = uid;
            return live;
        });
        await request.Response.WriteNodeAsync(mapping.Read(updated), 200);
    }

    private static IScaleMapping Mapping(ResourceRequest request) => request.Resource.Scale ?? throw ApiStatusException.NoSuchPath();
}
