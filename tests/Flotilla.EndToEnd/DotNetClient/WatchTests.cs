using System.Net;
using Flotilla.ApiServer;
using k8s;
using k8s.Models;

namespace Flotilla.EndToEnd.DotNetClient;

public sealed class WatchTests(OfficialClient official) : IClassFixture<OfficialClient>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Watches_tell_what_happens_from_a_revision_on()
    {
        var client = official.Client;
        var before = await client.CoreV1.ListNamespacedConfigMapAsync("default", cancellationToken: Cancellation);
        var map = await client.CoreV1.CreateNamespacedConfigMapAsync(new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "watched" } }, "default", cancellationToken: Cancellation);
        map.Data = new Dictionary<string, string> { ["a"] = "b" };
        await client.CoreV1.ReplaceNamespacedConfigMapAsync(map, "watched", "default", cancellationToken: Cancellation);
        await client.CoreV1.DeleteNamespacedConfigMapAsync("watched", "default", cancellationToken: Cancellation);

        var events = new List<(WatchEventType, string, int)>();
        await foreach (var (type, changed) in client.CoreV1.WatchListNamespacedConfigMapAsync("default", resourceVersion: before.ResourceVersion(), cancellationToken: Cancellation))
        {
            events.Add((type, changed.Name(), changed.Data?.Count ?? 0));
            if (type == WatchEventType.Deleted)
                break;
        }
        Assert.Equal([(WatchEventType.Added, "watched", 0), (WatchEventType.Modified, "watched", 1), (WatchEventType.Deleted, "watched", 1)], events);
    }

    [Fact]
    public async Task A_watch_from_forgotten_history_is_told_so_and_can_start_anew()
    {
        var folder = Directory.CreateTempSubdirectory("flotilla-data");
        try
        {
            string old;
            await using (var first = await KubernetesApi.StartAsync(new KubernetesApiOptions { DataFolder = folder.FullName }, Cancellation))
            {
                using var client = OfficialClient.Connect(first);
                old = (await client.CoreV1.ListNamespacedConfigMapAsync("default", cancellationToken: Cancellation)).ResourceVersion();
                foreach (var name in new[] { "a", "b" })
                    await client.CoreV1.CreateNamespacedConfigMapAsync(new V1ConfigMap { Metadata = new V1ObjectMeta { Name = name } }, "default", cancellationToken: Cancellation);
            }
            // History is kept in memory only: after a restart it begins at the last change.
            await using var second = await KubernetesApi.StartAsync(new KubernetesApiOptions { DataFolder = folder.FullName }, Cancellation);
            using var again = OfficialClient.Connect(second);
            var errors = new List<Exception>();
            await foreach (var (type, _) in again.CoreV1.WatchListNamespacedConfigMapAsync("default", resourceVersion: old, onError: errors.Add, cancellationToken: Cancellation))
                Assert.Fail($"{type} from forgotten history");
            var error = Assert.IsType<KubernetesException>(Assert.Single(errors));
            Assert.Equal(((int?)HttpStatusCode.Gone, "Expired"), (error.Status.Code, error.Status.Reason));

            var list = await again.CoreV1.ListNamespacedConfigMapAsync("default", cancellationToken: Cancellation);
            Assert.Equal(["a", "b"], list.Items.Select(i => i.Name()));
            await again.CoreV1.DeleteNamespacedConfigMapAsync("a", "default", cancellationToken: Cancellation);
            await foreach (var (type, changed) in again.CoreV1.WatchListNamespacedConfigMapAsync("default", resourceVersion: list.ResourceVersion(), cancellationToken: Cancellation))
            {
                Assert.Equal((WatchEventType.Deleted, "a"), (type, changed.Name()));
                break;
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
