using System.Text;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds;
using Flotilla.ApiServer.Kinds.Services;
using Flotilla.ApiServer.Resources;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tests.Kinds;

/// <summary>What becomes of an object of a built-in kind on its way into the store, without HTTP, admission and store.</summary>
internal sealed record Written(ServedResource Resource, JsonObject Object, IReadOnlyList<FieldError> Problems)
{
    /// <summary>Problems as clients see them, one line each.</summary>
    public IEnumerable<string> Texts => Problems.Select(problem => problem.ToString());

    public static JsonObject Parse(string json) => (JsonObject)JsonText.Parse(Encoding.UTF8.GetBytes(json))!;

    public static ServedResource Find(JsonObject obj) =>
        BuiltInResources.All.First(resource => resource.Type.ApiVersion == obj.String("apiVersion") && resource.Type.Kind == obj.String("kind"));

    public static Written Create(string json) => Create(Parse(json));

    /// <param name="body">The body of the request; it is changed.</param>
    /// <param name="ns">The namespace of the path.</param>
    /// <param name="onUnknownField">Gets the path of each unknown field.</param>
    public static Written Create(JsonObject body, string ns = "default", Action<string>? onUnknownField = null)
    {
        var resource = Find(body);
        resource.Decode(body, onUnknownField ?? (_ => { }));
        resource.Rules.Default(body);
        if (resource.Rules.HasStatus && !resource.Rules.KeepsStatusOnCreate)
            resource.ClearStatus(body);
        var metadata = ObjectMetadata.Of(body);
        ObjectMetadata.FillForCreate(body, DateTimeOffset.UnixEpoch);
        if (resource.Type.Namespaced && !metadata.ContainsKey("namespace"))
            metadata["namespace"] = ns;
        resource.Rules.PrepareForCreate(body);
        var problems = new FieldProblems();
        if (resource.Type.Kind == "Service")
            ServiceAllocation.Reserve(body, null, new ServiceNetwork(), problems);
        return new Written(resource, body, problems.Count > 0 ? [.. problems] : ObjectValidation.Create(resource.Rules, body, resource.Type.Namespaced));
    }

    /// <summary>A PUT of this object after a change.</summary>
    public Written Update(Action<JsonObject> change)
    {
        var body = Changed(change);
        Resource.Rules.PrepareForUpdate(body, Object);
        return new Written(Resource, body, ObjectValidation.Update(Resource.Rules, body, Object, Resource.Type.Namespaced));
    }

    /// <summary>A PUT to a subresource.</summary>
    public Written Update(string subresource, Action<JsonObject> change)
    {
        var body = Changed(change);
        var namespaced = Resource.Type.Namespaced;
        if (subresource == "status")
            Resource.Rules.PrepareForStatusUpdate(body, Object);
        else
            Resource.Rules.PrepareForSubresource(subresource, body, Object);
        Resource.Rules.NoteTimes(body, Object, "2026-01-02T03:04:05Z");
        return new Written(Resource, body, subresource == "status"
            ? ObjectValidation.StatusUpdate(Resource.Rules, body, Object, namespaced)
            : ObjectValidation.SubresourceUpdate(Resource.Rules, subresource, body, Object, namespaced));
    }

    private JsonObject Changed(Action<JsonObject> change)
    {
        var body = (JsonObject)Object.DeepClone();
        change(body);
        Resource.Decode(body, _ => { });
        Resource.Rules.Default(body);
        ObjectMetadata.Of(body)["resourceVersion"] = "1";
        return body;
    }
}
