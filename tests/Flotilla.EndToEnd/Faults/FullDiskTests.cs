using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.TestKit;

namespace Flotilla.EndToEnd.Faults;

/// <summary>A server whose disk is full refuses writes in clear words, goes on reading, and recovers by itself.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("flotilla-disk-");
    private bool mounted;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Disk => Path.Combine(folder.FullName, "disk");

    public void Dispose()
    {
        if (mounted)
            new Tool("umount").RunAsync(CancellationToken.None, Disk).GetAwaiter().GetResult();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_full_disk_stops_writes_only_and_only_while_it_is_full()
    {
        Directory.CreateDirectory(Disk);
        var mount = new Tool("mount");
        Assert.SkipUnless(OperatingSystem.IsLinux() && mount.IsInstalled, "there is no mount here");
        mounted = (await mount.RunAsync(Cancel, "-t", "tmpfs", "-o", "size=6m", "flotilla-test", Disk)).ExitCode == 0;
        Assert.SkipUnless(mounted, "this user may not mount a small file system");
        var ballast = Path.Combine(Disk, "ballast");
        await File.WriteAllBytesAsync(ballast, new byte[1_500_000], Cancel);

        var kept = new List<string>();
        await using (var server = await StartAsync())
        {
            using var client = server.CreateClient();
            var refused = await FillAsync(client, kept);
            var status = (JsonObject)JsonNode.Parse(refused)!;
            Assert.Equal(("Status", "Failure", 507), (status.String("kind"), status.String("status"), (int)status.Member("code").AsInt64OrNull()!));
            Assert.Contains("space", status.String("message"), StringComparison.Ordinal);
            await CheckAsync(client, kept);

            File.Delete(ballast);
            Assert.Equal(HttpStatusCode.Created, (await CreateAsync(client, "again")).Code);
            kept.Add("again");
            await CheckAsync(client, kept);
        }
        await using (var server = await StartAsync())
        {
            using var client = server.CreateClient();
            try
            {
                await CheckAsync(client, kept);
                Assert.Equal(HttpStatusCode.Created, (await CreateAsync(client, "after-restart")).Code);
            }
            catch (HttpRequestException e)
            {
                Assert.Fail($"{e}\n{server.Log}");
            }
        }
    }

    private Task<ServerProcess> StartAsync() => ServerProcess.StartInAsync(folder.FullName, 0, Cancel, "--data", Path.Combine(Disk, "data"));

    /// <summary>Creates until one is refused; returns that answer.</summary>
    private static async Task<string> FillAsync(HttpClient client, List<string> kept)
    {
        for (var i = 0; i < 1000; i++)
        {
            var (code, body) = await CreateAsync(client, $"m-{i:D4}");
            if (code != HttpStatusCode.Created)
                return body;
            kept.Add($"m-{i:D4}");
        }
        throw new InvalidOperationException("the disk did not get full");
    }

    private static async Task<(HttpStatusCode Code, string Body)> CreateAsync(HttpClient client, string name)
    {
        var body = new JsonObject { ["metadata"] = new JsonObject { ["name"] = name }, ["data"] = new JsonObject { ["text"] = new string('x', 20_000) } };
        using var answer = await client.PostAsJsonAsync(Maps, body, Cancel);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel));
    }

    private static async Task CheckAsync(HttpClient client, List<string> kept)
    {
        var list = JsonNode.Parse(await client.GetStringAsync(new Uri(Maps, UriKind.Relative), Cancel));
        var names = list.Array("items")!.Select(o => o.Object("metadata").String("name")!).Where(n => n != "kube-root-ca.crt");
        Assert.Equal(kept.Order(StringComparer.Ordinal), names.Order(StringComparer.Ordinal));
    }
}
