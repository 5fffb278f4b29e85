using System.Text.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.OpenApi;

/// <summary>
/// Writes the paths of a resource with their operations. Clients look in them for the query parameters that a kind's PATCH
/// takes, and for the types of bodies.
/// </summary>
internal sealed class PathsWriter
{
    private static readonly (string, string) Created = ("201", "Created");
    private static readonly (string, string) Accepted = ("202", "Accepted");
    private static readonly string[] CustomPatches = ["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"];
    private static readonly string[] BuiltInPatches = [.. CustomPatches, "application/strategic-merge-patch+json"];

    private readonly Utf8JsonWriter json;
    private readonly OperationWriter operations;
    private readonly ResourceType resource;
    private readonly OperationNames names;
    private readonly string? type;
    private readonly string? listType;
    private readonly bool custom;

    private PathsWriter(Utf8JsonWriter json, OperationWriter operations, ResourceType resource, string? type, string? listType, bool custom)
    {
        this.json = json;
        this.operations = operations;
        this.resource = resource;
        this.type = type;
        this.listType = listType;
        this.custom = custom;
        names = new OperationNames(resource);
    }

    public static void Write(Utf8JsonWriter json, OperationWriter operations, ResourceType resource) => new PathsWriter(
        json, operations, resource,
        TypeNames.BuiltIn(resource.Group, resource.Version, resource.Kind),
        TypeNames.BuiltIn(resource.Group, resource.Version, resource.ListKind),
        custom: false).Write();

    /// <summary>Custom resources differ in details: they know no strategic merge patch, for one.</summary>
    public static void Write(Utf8JsonWriter json, OperationWriter operations, CustomType type) =>
        new PathsWriter(json, operations, type.Resource, type.TypeName, type.ListTypeName, custom: true).Write();

    private void Write()
    {
        var root = resource.Group.Length == 0 ? $"/api/{resource.Version}" : $"/apis/{resource.Group}/{resource.Version}";
        var collection = resource.Namespaced ? $"{root}/namespaces/{{namespace}}/{resource.Plural}" : $"{root}/{resource.Plural}";
        var item = collection + "/{name}";

        WritePath(collection, inNamespace: resource.Namespaced, named: false, OfCollection());
        WritePath(item, inNamespace: resource.Namespaced, named: true, OfObject());
        foreach (var subresource in resource.Subresources)
            WritePath($"{item}/{subresource.Name}", inNamespace: resource.Namespaced, named: true, OfSubresource(subresource));
        if (resource.Namespaced && Can("list"))
            WritePath($"{root}/{resource.Plural}", inNamespace: false, named: false, [List(names.ForAllNamespaces)]);
    }

    private IEnumerable<Operation> OfCollection()
    {
        if (Can("list"))
            yield return List(names.Of("list"));
        if (Can("create"))
            yield return Create("", Kind(resource.Kind), type);
        if (Can("deletecollection"))
        {
            var id = names.Of("delete", collection: true);
            yield return custom
                ? Delete("deletecollection", id, Parameter.List) with { Body = null }
                : Delete("deletecollection", id, [.. Parameter.Delete, .. Parameter.List]);
        }
    }

    private IEnumerable<Operation> OfObject()
    {
        foreach (var operation in ReadAndWrite(resource.Verbs, "", Kind(resource.Kind), type))
            yield return operation;
        if (Can("delete"))
            yield return Delete("delete", names.Of("delete"), Parameter.Delete) with { MoreAnswers = [Accepted] };
    }

    private IEnumerable<Operation> OfSubresource(SubresourceType subresource)
    {
        var kind = (Group: subresource.Group ?? resource.Group, Version: subresource.Version ?? resource.Version, subresource.Kind);
        var body = kind == Kind(resource.Kind) ? type : TypeNames.BuiltIn(kind.Group, kind.Version, kind.Kind);
        // Streams (exec, proxy …) have no type; all methods connect.
        if (body is null)
        {
            return subresource.Verbs
                .Select(verb => verb switch { "create" => "post", "update" => "put", _ => verb })
                .Distinct()
                .Select(method => new Operation(method, "connect", names.Connect(method, subresource.Name), kind, []));
        }
        var operations = ReadAndWrite(subresource.Verbs, subresource.Name, kind, body);
        return subresource.Verbs.Contains("create") ? operations.Prepend(Create(subresource.Name, kind, body)) : operations;
    }

    private IEnumerable<Operation> ReadAndWrite(IReadOnlyList<string> verbs, string subresource, (string, string, string) kind, string? body)
    {
        if (verbs.Contains("get"))
            yield return new Operation("get", "get", names.Of("read", subresource), kind, [Parameter.ResourceVersion]) { Answer = body };
        if (verbs.Contains("update"))
            yield return new Operation("put", "put", names.Of("replace", subresource), kind, Parameter.Write) { Body = body, Answer = body, MoreAnswers = [Created] };
        if (verbs.Contains("patch"))
        {
            yield return new Operation("patch", "patch", names.Of("patch", subresource), kind, Parameter.Patch)
            {
                Body = TypeNames.Patch,
                Consumes = custom ? CustomPatches : BuiltInPatches,
                Answer = body,
                MoreAnswers = custom ? [] : [Created],
            };
        }
    }

    private Operation List(string id) => new("get", "list", id, Kind(resource.Kind), Parameter.List) { Answer = listType };

    private Operation Create(string subresource, (string, string, string) kind, string? body) =>
        new("post", "post", names.Of("create", subresource), kind, Parameter.Write) { Body = body, Answer = body, MoreAnswers = [Created, Accepted] };

    private Operation Delete(string action, string id, Parameter[] parameters) =>
        new("delete", action, id, Kind(resource.Kind), parameters) { Body = TypeNames.DeleteOptions, BodyRequired = false, Answer = TypeNames.Status };

    private void WritePath(string path, bool inNamespace, bool named, IEnumerable<Operation> all)
    {
        var list = all.ToList();
        if (list.Count == 0)
            return;
        json.WriteStartObject(path);
        foreach (var operation in list)
            operations.Write(operation, TypeNames.Tag(resource.Group, resource.Version));
        json.WriteStartArray("parameters");
        if (named)
            operations.Write(new Parameter("name", "string", $"The name of the {resource.Kind}.", InPath: true));
        if (inNamespace)
            operations.Write(Parameter.Namespace);
        operations.Write(Parameter.Pretty);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private bool Can(string verb) => resource.Verbs.Contains(verb);

    private (string Group, string Version, string Kind) Kind(string kind) => (resource.Group, resource.Version, kind);
}
