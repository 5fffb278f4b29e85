using System.Text.Json.Nodes;
using Flotilla.ApiServer.Admission;
using Flotilla.ApiServer.Requests;

namespace Flotilla.ApiServer.Resources;

/// <summary>What admission is told of a change.</summary>
internal static class Admitting
{
    public static AdmissionAttributes Create(RequestContext context, ServedResource resource, string ns, JsonObject obj, WriteOptions options) =>
        Attributes(AdmissionAttributes.Create, context, resource, "", ns, ObjectMetadata.Name(obj), options.DryRun) with
        {
            Object = obj,
            Options = Options("CreateOptions", options),
        };

    public static AdmissionAttributes Update(
        RequestContext context, ServedResource resource, string subresource, string ns, string name, JsonObject obj, JsonObject live, WriteOptions options) =>
        Attributes(AdmissionAttributes.Update, context, resource, subresource, ns, name, options.DryRun) with
        {
            Object = obj,
            OldObject = live,
            Options = Options("UpdateOptions", options),
        };

    public static AdmissionAttributes Delete(RequestContext context, ServedResource resource, string ns, string name, JsonObject live, DeleteOptions options) =>
        Attributes(AdmissionAttributes.Delete, context, resource, "", ns, name, options.DryRun) with
        {
            OldObject = live,
            Options = new JsonObject { ["kind"] = "DeleteOptions", ["apiVersion"] = "meta.k8s.io/v1" },
        };

    private static AdmissionAttributes Attributes(
        string operation, RequestContext context, ServedResource resource, string subresource, string ns, string name, bool dryRun) => new()
        {
            Operation = operation,
            Resource = resource.Type,
            Subresource = subresource,
            Kind = ObjectKind.Of(resource.Type),
            Namespace = resource is { Group: "", Plural: "namespaces" } ? name : resource.Type.Namespaced ? ns : "",
            Name = name,
            DryRun = dryRun,
            User = context.User,
            Decode = obj =>
            {
                resource.Decode(obj, _ => { });
                resource.Rules.Default(obj);
                ObjectReader.PutHeadFirst(obj);
            },
            Warn = context.Warnings.Add,
        };

    private static JsonObject Options(string kind, WriteOptions options)
    {
        var result = new JsonObject { ["kind"] = kind, ["apiVersion"] = "meta.k8s.io/v1" };
        if (options.DryRun)
            result["dryRun"] = new JsonArray("All");
        result["fieldManager"] = options.FieldManager;
        if (options.FieldValidation != FieldValidation.Warn)
            result["fieldValidation"] = options.FieldValidation.ToString();
        return result;
    }
}
