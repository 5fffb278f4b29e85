using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.Agent.Applying;

/// <summary>Deletes one object, and only that one: another of the same name that came later stays.</summary>
internal static class ObjectDeletion
{
    public static async Task<ApplyMessage> RunAsync(
        KubernetesClient cluster, ResourceReference resource, TrackedObject tracked, string? uid, CancellationToken cancellation)
    {
        try
        {
            await cluster.DeleteAsync(
                resource, tracked.Id.Namespace, tracked.Id.Name, new DeleteOptions { Uid = uid, PropagationPolicy = "Background" }, cancellation);
            return new ApplyMessage.Deleted(tracked, null);
        }
        catch (Exception e) when (e is ApiStatusException or HttpRequestException or IOException)
        {
            return new ApplyMessage.Deleted(tracked, ObjectFailure.Of(e, tracked.Id));
        }
    }
}
