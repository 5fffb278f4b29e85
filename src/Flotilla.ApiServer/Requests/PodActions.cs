using System.Text.Json.Nodes;
using Flotilla.ApiServer.Resources;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Selectors;

namespace Flotilla.ApiServer.Requests;

/// <summary><c>/binding</c> and <c>/eviction</c> of a Pod: a scheduler places it, an administrator drains its node.</summary>
internal static class PodActions
{
    public static async Task BindAsync(ResourceRequest request)
    {
        var options = WriteOptions.Read(request.Http.Request, "CreateOptions");
        var binding = await ReadAsync(request, options, "v1", "Binding");
        var target = binding.Object("target");
        var node = target.String("name") ?? "";
        if (target.String("kind") is { Length: > 0 } kind and not ("Node" or "Minion"))
            throw ApiStatusException.Invalid("", "Binding", request.Info.Name, [FieldError.NotSupported("target.kind", kind, ["Node", "<empty>"])]);
        if (node.Length == 0)
            throw ApiStatusException.Invalid("", "Binding", request.Info.Name, [FieldError.Required("target.name")]);

        var update = new UpdateOperation(request.Context, request.Resource, "binding", options);
        await update.RunAsync(request.Info.Namespace, request.Info.Name, pod => Place(request, pod!, node));
        await StatusResponse.WriteAsync(request.Http, StatusResponse.Success(), 201);
    }

    public static async Task EvictAsync(ResourceRequest request)
    {
        var options = WriteOptions.Read(request.Http.Request, "CreateOptions");
        var eviction = await ReadAsync(request, options, "policy/v1", "Eviction");
        var pod = request.Find().Parse();
        RefuseWhenProtected(request, pod);
        var delete = DeleteOptions.Read(request.Http.Request, eviction.Object("deleteOptions"));
        await DeleteOperation.RunAsync(
            request.Context, request.Resource, request.Info.Namespace, request.Info.Name, delete with { DryRun = delete.DryRun || options.DryRun });
        await StatusResponse.WriteAsync(request.Http, StatusResponse.Success(), 201);
    }

    private static JsonObject Place(ResourceRequest request, JsonObject pod, string node)
    {
        var spec = pod.ObjectOrNew("spec");
        if (ObjectMetadata.IsBeingDeleted(pod))
            throw ApiStatusException.Conflict("", "pods/binding", request.Info.Name, $"pod {request.Info.Name} is being deleted, cannot be assigned to a host");
        if (spec.String("nodeName") is { Length: > 0 } taken)
            throw ApiStatusException.Conflict("", "pods/binding", request.Info.Name, $"pod {request.Info.Name} is already assigned to node \"{taken}\"");
        spec["nodeName"] = node;
        var status = pod.ObjectOrNew("status");
        if (status.Array("conditions") is not { } conditions)
            status["conditions"] = conditions = [];
        if (conditions.FirstOrDefault(c => c.String("type") == "PodScheduled") is { } known)
            conditions.Remove(known);
        conditions.Add((JsonNode)new JsonObject
        {
            ["type"] = "PodScheduled",
            ["status"] = "True",
            ["lastProbeTime"] = null,
            ["lastTransitionTime"] = ObjectMetadata.Timestamp(request.Context.Now),
        });
        return pod;
    }

    /// <summary>A pod that runs may only be evicted while its PodDisruptionBudget allows a disruption.</summary>
    private static void RefuseWhenProtected(ResourceRequest request, JsonObject pod)
    {
        if (pod.Object("status").String("phase") is "Pending" or "Succeeded" or "Failed" || ObjectMetadata.IsBeingDeleted(pod))
            return;
        var labels = pod.Object("metadata").Object("labels");
        var budgets = request.Context.Cluster.Store.Resource("poddisruptionbudgets.policy").List(request.Info.Namespace, null, 0, null, null).Items;
        foreach (var budget in budgets.Select(item => item.Parse()))
        {
            if (!LabelSelector.FromObject(budget.Object("spec").Object("selector")).Matches(labels))
                continue;
            if (budget.Object("status").Member("disruptionsAllowed").AsInt64OrNull() is > 0)
                continue;
            throw new ApiStatusException(new ApiStatus(429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.")
            {
                Causes = [new StatusCause("DisruptionBudget", $"The disruption budget {ObjectMetadata.Name(budget)} does not allow a disruption now", null)],
            });
        }
    }

    private static async Task<JsonObject> ReadAsync(ResourceRequest request, WriteOptions options, string apiVersion, string kind)
    {
        var body = await RequestBody.ReadAsync(request.Http.Request, request.Context.Cancellation);
        var problems = new DecodingProblems(options.FieldValidation);
        var read = ObjectReader.Parse(body, RequestBody.MediaType(request.Http.Request), kind, problems, apiVersion) as JsonObject
            ?? throw ApiStatusException.BadRequest($"the body is not an object of kind {kind}");
        if (read.String("kind") is { Length: > 0 } sent && sent != kind)
            throw ApiStatusException.BadRequest($"the object provided is unrecognized (must be of type {kind}): it is of kind {sent}");
        return read;
    }
}
