using Flotilla.ApiServer.Clusters;
using Flotilla.ApiServer.Lifecycle;

namespace Flotilla.ApiServer.Admission;

/// <summary>What every change passes before it is stored: the server's own rules first, then webhooks.</summary>
internal sealed class AdmissionChain(VirtualCluster cluster)
{
    public Task MutateAsync(AdmissionRequest request, CancellationToken cancellation)
    {
        NamespaceAdmission.Check(cluster, request);
        return Task.CompletedTask;
    }

    public Task ValidateAsync(AdmissionRequest request, CancellationToken cancellation) => Task.CompletedTask;
}
