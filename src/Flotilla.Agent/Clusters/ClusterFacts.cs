using Flotilla.Agent.Syncing;
using Flotilla.Api.Sites;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.Agent.Clusters;

/// <summary>Version and number of nodes of the cluster, looked at now and then.</summary>
internal sealed class ClusterFacts(KubernetesClient cluster, SiteStory story, TimeProvider time, int seed)
{
    private static readonly ResourceReference Nodes = new("", "v1", "nodes", false, "Node");
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private readonly Backoff backoff = new(seed);

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            TimeSpan pause;
            try
            {
                var version = await cluster.VersionAsync(cancellation);
                var nodes = await cluster.ListAsync(Nodes, null, new ListOptions { MetadataOnly = true }, cancellation);
                story.Kubernetes = new KubernetesFacts { Version = version, Nodes = nodes.Items.Count };
                backoff.Reset();
                pause = backoff.Jittered(Interval);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or ApiStatusException)
            {
                // The applier tells of a cluster that cannot be reached.
                pause = backoff.Next();
            }
            await Task.Delay(pause, time, cancellation);
        }
    }
}
