// Stand-in until CRD decisions land.
#pragma warning disable
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;
namespace Flotilla.ApiServer.Lifecycle {
 using Flotilla.ApiServer.Clusters; using Flotilla.ApiServer.Storage;
 internal sealed class CustomResourceDefinitionBehaviour(VirtualCluster c) : ClusterBehaviour("customresourcedefinitions.apiextensions.k8s.io") {}
 internal sealed class CustomResourceController : ClusterController { public static void Load(VirtualCluster c) {} public override void Observe(VirtualCluster cluster, string resource, Change change, Action<LookKey> look) {} public override void ObserveExisting(VirtualCluster cluster, Action<LookKey> look) {} public override Task<TimeSpan?> LookAsync(LookKey key, CancellationToken cancellation) => Task.FromResult<TimeSpan?>(null); }
}
