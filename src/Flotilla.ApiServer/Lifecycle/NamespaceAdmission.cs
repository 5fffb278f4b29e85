using Flotilla.ApiServer.Admission;
using Flotilla.ApiServer.Clusters;
using Flotilla.ApiServer.Storage;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Lifecycle;

/// <summary>
/// NamespaceLifecycle admission: nothing is created in a namespace that is missing or going away, and the namespaces
/// that the system needs stay.
/// </summary>
internal static class NamespaceAdmission
{
    private static readonly string[] Protected = ["default", "kube-system", "kube-public"];

    public static void Check(VirtualCluster cluster, AdmissionAttributes request)
    {
        var resource = request.Resource;
        if (request.Operation == AdmissionAttributes.Delete && request.IsNamespace && Protected.Contains(request.Name))
            throw ApiStatusException.Forbidden("", "namespaces", request.Name, "this namespace may not be deleted");
        if (request.Operation != AdmissionAttributes.Create || !resource.Namespaced || request.Namespace.Length == 0)
            return;
        // Access reviews of a namespaced kind are questions, not content.
        if (resource.Group == "authorization.k8s.io")
            return;

        var found = cluster.Store.Resource("namespaces").Get(new ObjectKey("", request.Namespace))
            ?? throw ApiStatusException.NotFound("", "namespaces", request.Namespace);
        var ns = found.Parse();
        if (ns.Object("status").String("phase") != "Terminating" && ns.Object("metadata").String("deletionTimestamp") is null)
            return;

        var name = request.Object.Object("metadata").String("name") ?? request.Name;
        var failure = ApiStatusException.Forbidden(resource.Group, resource.Plural, name,
            $"unable to create new content in namespace {request.Namespace} because it is being terminated");
        throw new ApiStatusException(failure.Status with
        {
            Causes = [new StatusCause("NamespaceTerminating", $"namespace {request.Namespace} is being terminated", "metadata.namespace")],
        });
    }
}
