using Flotilla.ApiServer;
using Flotilla.Hub.Hosting;
using Flotilla.Kubernetes.Client;

namespace Flotilla.Hub.Tests.Hosting;

public sealed class FolderTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("flotilla-hub");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Of_hubs_that_start_at_once_in_an_empty_folder_one_has_it_and_the_others_say_so()
    {
        var starts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(TryStartAsync, Cancelled)));

        var hub = Assert.Single(starts, s => s.Hub is not null).Hub!;
        Assert.All(starts.Where(s => s.Hub is null), s => Assert.Contains($"{folder.FullName} is in use", s.Why, StringComparison.Ordinal));
        await hub.DisposeAsync();
        await using var next = (await TryStartAsync()).Hub;
        Assert.Equal(hub.Keys.Hub, next!.Keys.Hub);
    }

    [Fact]
    public async Task A_hub_on_another_clusters_API_has_its_folder_alone_as_well()
    {
        await using var api = await KubernetesApi.StartAsync(new KubernetesApiOptions { Listen = false }, Cancelled);
        using var other = new KubernetesClient(api.CreateHandler(), api.Address, token: api.Token);
        await using var hub = await HubHost.StartAsync(new HubOptions { DataFolder = folder.FullName, Api = other }, Cancelled);

        var refused = await Assert.ThrowsAnyAsync<IOException>(() => HubHost.StartAsync(new HubOptions { DataFolder = folder.FullName, Api = other }, Cancelled));

        Assert.Contains("Stop it, or choose another folder", refused.Message, StringComparison.Ordinal);
    }

    private async Task<(HubHost? Hub, string Why)> TryStartAsync()
    {
        try
        {
            return (await HubHost.StartAsync(new HubOptions { DataFolder = folder.FullName }, Cancelled), "");
        }
        catch (IOException e)
        {
            return (null, e.Message);
        }
    }
}
