using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.TestKit;
using Flotilla.TestKit.Http;

namespace Flotilla.ApiServer.Tests.Faults;

/// <summary>
/// Clients that stop reading, stop writing, or go away in the middle. They run alone: what they weigh is the memory of the
/// whole process, to which other tests would add.
/// </summary>
[Collection(nameof(ClientFaultTests))]
[CollectionDefinition(nameof(ClientFaultTests), DisableParallelization = true)]
public sealed class ClientFaultTests
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_watcher_that_never_reads_is_cut_and_the_others_get_everything()
    {
        // A minute of the server's clock passes when the test says so.
        var time = new ManualTime();
        await using var api = await RunningApi.StartAsync(new KubernetesApiOptions { Time = time });
        await using var stuck = await RawConnection.OpenAsync(api.Address, receiveBuffer: 4096, Cancel);
        var head = await stuck.SendAsync(Request(api, "GET", $"{Maps}?watch=true"), _ => true, Cancel);
        Assert.Equal(200, head.Code);
        var others = Enumerable.Range(0, 3).Select(_ => CountAsync(api, "last")).ToList();

        // More than all buffers between the server and the one that does not read.
        var text = new string('x', 500_000);
        var memory = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 40; i++)
            await api.DoAsync("PUT", $"{Maps}/busy", await NextAsync(api, text));
        await api.DoAsync("POST", Maps, Map("last", "a", "b"));
        Assert.All(await Task.WhenAll(others), seen => Assert.Equal(41, seen));

        time.Advance(TimeSpan.FromSeconds(61));
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (true)
                await stuck.ReadLineAsync(Cancel);
        });
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - memory < 150_000_000);
    }

    [Fact]
    public async Task A_body_that_ends_in_the_middle_changes_nothing()
    {
        await using var api = await RunningApi.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            await using var connection = await RawConnection.OpenAsync(api.Address, 0, Cancel);
            var bytes = Request(api, "POST", Maps, Map($"half-{i}", "a", "b")).ToBytes();
            await connection.WriteAsync(bytes.AsMemory(0, bytes.Length - 1 - i), Cancel);
        }
        Assert.Empty((await api.DoAsync("GET", Maps)).Array("items")!);
    }

    [Fact]
    public async Task A_head_and_a_body_that_come_byte_by_byte_are_read_while_others_are_served()
    {
        await using var api = await RunningApi.StartAsync();
        await using var slow = await RawConnection.OpenAsync(api.Address, 0, Cancel);
        foreach (var b in Request(api, "POST", Maps, Map("slow", "a", "b")).ToBytes())
        {
            await slow.WriteAsync(new[] { b }, Cancel);
            if (b == (byte)'a')
                await api.DoAsync("GET", "/api/v1/namespaces/default");
        }
        Assert.Equal(201, (await slow.ReadResponseAsync(_ => false, Cancel)).Code);
    }

    [Fact]
    public async Task Thousands_of_watches_that_were_opened_and_dropped_leave_nothing_behind()
    {
        await using var api = await RunningApi.StartAsync();
        await OpenAndDropAsync(api, 200);
        var before = (Memory: GC.GetTotalMemory(forceFullCollection: true), Handles: Handles());
        await OpenAndDropAsync(api, 3000);
        var grown = long.MaxValue;
        // What still is on its way out goes when the next change wakes it; a busy machine takes a few of them.
        for (var change = 0; change < 50 && grown >= 30_000_000; change++)
        {
            await api.DoAsync("POST", Maps, Map($"after-{change}", "a", "b"));
            await OpenAndDropAsync(api, 1);
            grown = GC.GetTotalMemory(forceFullCollection: true) - before.Memory;
        }
        Assert.True(grown < 30_000_000, $"{grown} bytes for 3000 watches that are gone");
        Assert.True(Handles() < before.Handles + 500, $"{before.Handles} handles before, {Handles()} after");
    }

    private static async Task OpenAndDropAsync(RunningApi api, int count)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancel };
        using var client = api.CreateClient();
        await Parallel.ForAsync(0, count, parallel, async (_, cancel) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{Maps}?watch=true") { Version = client.DefaultRequestVersion };
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            Assert.Equal(200, (int)answer.StatusCode);
        });
    }

    private static int Handles() => OperatingSystem.IsLinux() ? Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() : 0;

    private static async Task<int> CountAsync(RunningApi api, string last)
    {
        var seen = 0;
        await foreach (var change in api.WatchAsync($"{Maps}?watch=true"))
        {
            seen++;
            if (change.Object("object").Object("metadata").String("name") == last)
                break;
        }
        return seen;
    }

    private static async Task<JsonObject> NextAsync(RunningApi api, string text)
    {
        var answer = await api.SendAsync("GET", $"{Maps}/busy");
        if (answer.Code == 404)
            return await api.DoAsync("POST", Maps, Map("busy", "text", text));
        answer.Body.Object("data")!["n"] = answer.Body.Object("metadata").String("resourceVersion");
        return answer.Body;
    }

    private static RawRequest Request(RunningApi api, string method, string target, JsonObject? body = null) =>
        new(method, target, [new("Authorization", $"Bearer {api.Token}"), new("Content-Type", "application/json")], body is null ? null : Encoding.UTF8.GetBytes(body.ToJsonString()));

    private static JsonObject Map(string name, string key, string value) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "ConfigMap",
        ["metadata"] = new JsonObject { ["name"] = name },
        ["data"] = new JsonObject { [key] = value },
    };
}
