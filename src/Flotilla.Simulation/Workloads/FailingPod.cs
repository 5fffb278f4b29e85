using System.Text.Json.Nodes;
using Flotilla.ApiServer.Clusters;
using Flotilla.ApiServer.Requests;
using Flotilla.ApiServer.Resources;
using Flotilla.ApiServer.Storage;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Simulation.Workloads;

/// <summary>The pod that tells why a workload does not start. Workloads that are well have no pods here: nobody looks at them.</summary>
internal static class FailingPod
{
    private const string Manager = "kubelet";

    /// <summary>Makes the pod, or takes it away.</summary>
    public static async Task KeepAsync(VirtualCluster cluster, WorkloadKind kind, JsonObject workload, bool wanted, CancellationToken cancellation)
    {
        if (!kind.HasPods)
            return;
        var (ns, name) = (workload.Object("metadata").String("namespace") ?? "", ObjectMetadata.Name(workload) + "-0");
        var exists = cluster.Store.Resource("pods").Get(new ObjectKey(ns, name)) is not null;
        if (exists == wanted)
            return;
        var context = RequestContext.OfServer(cluster, "system:kube-controller-manager", cancellation);
        var pods = cluster.Catalog.Find("", "v1", "pods")!;
        try
        {
            if (!wanted)
            {
                await DeleteOperation.RunAsync(context, pods, ns, name, new DeleteOptions { GracePeriodSeconds = 0 });
                return;
            }
            await CreateOperation.RunAsync(context, pods, ns, Pod(kind, workload, name), WriteOptions.For(Manager));
            await new UpdateOperation(context, pods, "status", WriteOptions.For(Manager)).RunAsync(ns, name, live =>
            {
                live!["status"] = Status(live!);
                return live;
            });
        }
        catch (ApiStatusException e) when (e.Status.Code is 404 or 409 or 422)
        {
            // The workload or its namespace goes away, or its template is one that only a real cluster fills in.
        }
    }

    private static JsonObject Pod(WorkloadKind kind, JsonObject workload, string name)
    {
        var template = (JsonObject)workload.Object("spec").Object("template")!.DeepClone();
        var metadata = template.Object("metadata") is { } given ? (JsonObject)given.DeepClone() : [];
        metadata["name"] = name;
        metadata["ownerReferences"] = new JsonArray(new JsonObject
        {
            ["apiVersion"] = kind.ApiVersion,
            ["kind"] = kind.Kind,
            ["name"] = ObjectMetadata.Name(workload),
            ["uid"] = workload.Object("metadata").String("uid"),
            ["controller"] = true,
        });
        return new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Pod", ["metadata"] = metadata, ["spec"] = template.Object("spec")!.DeepClone() };
    }

    private static JsonObject Status(JsonObject pod)
    {
        var containers = (pod.Object("spec").Array("containers") ?? []).Select(container => (JsonNode)new JsonObject
        {
            ["name"] = container.String("name"),
            ["image"] = container.String("image"),
            ["imageID"] = "",
            ["ready"] = false,
            ["restartCount"] = 0L,
            ["state"] = new JsonObject
            {
                ["waiting"] = new JsonObject
                {
                    ["reason"] = "ImagePullBackOff",
                    ["message"] = $"Back-off pulling image \"{container.String("image")}\"",
                },
            },
        });
        return new JsonObject { ["phase"] = "Pending", ["containerStatuses"] = new JsonArray([.. containers]) };
    }
}
