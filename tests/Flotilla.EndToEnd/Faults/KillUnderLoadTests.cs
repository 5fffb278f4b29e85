using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.TestKit;

namespace Flotilla.EndToEnd.Faults;

/// <summary>kill -9 at any moment: what was acknowledged is there afterwards, and nothing goes back in time.</summary>
public sealed class KillUnderLoadTests(ITestOutputHelper output) : IDisposable
{
    private const int Kills = 20;
    private const int Clients = 8;
    private const int NamesOfClient = 12;
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("flotilla-kill-");
    private readonly WriteLedger[] ledgers = [.. Enumerable.Range(0, Clients).Select(_ => new WriteLedger())];
    private readonly int seed = Environment.TickCount;
    private int writes;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Nothing_acknowledged_is_lost_in_twenty_kills()
    {
        var chance = new Random(seed);
        var data = Path.Combine(folder.FullName, "data");
        string? kubeconfig = null;
        var listed = 0L;
        for (var kill = 0; kill <= Kills; kill++)
        {
            await using var server = await ServerProcess.StartInAsync(folder.FullName, 0, Cancel, "--data", data);
            using var client = CreateClient(server);
            // Another program may have got the port meanwhile, so each server takes a free one; all else stays, the authority above all.
            var written = (await File.ReadAllTextAsync(server.Kubeconfig, Cancel)).Replace(server.Address.Authority, "ADDRESS", StringComparison.Ordinal);
            Assert.Equal(kubeconfig ??= written, written);

            listed = await CheckAsync(client, listed);
            if (kill == Kills)
                break;
            await CheckWatchesAsync(client, listed, kill);
            await LoadUntilKilledAsync(server, chance.Next(1, 150), kill);
        }
        output.WriteLine($"{writes} acknowledged writes, seed {seed}");
        Assert.True(writes > Kills * 10, $"only {writes} writes were acknowledged: the load was too small to say anything");
    }

    /// <summary>Compares what the server has with what was promised; returns the revision of the list.</summary>
    private async Task<long> CheckAsync(HttpClient client, long before)
    {
        var list = await GetAsync(client, Maps);
        var found = list.Array("items")!.Cast<JsonObject>().ToDictionary(o => o.Object("metadata").String("name")!);
        var revision = WriteLedger.Revision(list);
        Assert.True(revision >= before, $"the list went back from {before} to {revision}");
        Assert.True(revision >= ledgers.Max(l => l.Highest), $"the list is at {revision}, older than an acknowledged write");
        var problems = ledgers.SelectMany(l => l.Check(found)).ToList();
        Assert.True(problems.Count == 0, $"seed {seed}:\n{string.Join('\n', problems)}");
        var strangers = found.Keys.Except(ledgers.SelectMany(l => l.Names)).ToList();
        Assert.Equal(["kube-root-ca.crt"], strangers.Append("kube-root-ca.crt").Distinct());
        return revision;
    }

    /// <summary>A watch from before the restart goes on or says that it cannot; one from the list goes on.</summary>
    private static async Task CheckWatchesAsync(HttpClient client, long listed, int kill)
    {
        var old = kill == 0 ? null : await FirstEventAsync(client, listed / 2);
        Assert.True(old is null || old.String("type") is "ADDED" or "MODIFIED" or "DELETED" || old.Object("object").Member("code").AsInt64OrNull() == 410, old?.ToJsonString());

        var watched = FirstEventAsync(client, listed);
        var name = string.Create(CultureInfo.InvariantCulture, $"watched-{kill}");
        var body = new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } };
        using var created = await client.PostAsJsonAsync("/api/v1/namespaces/kube-public/configmaps", body, Cancel);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var change = await watched;
        Assert.Equal(("ADDED", name), (change.String("type"), change.Object("object").Object("metadata").String("name")));
        Assert.True(WriteLedger.Revision(change.Object("object")!) > listed);
    }

    private static async Task<JsonObject> FirstEventAsync(HttpClient client, long from)
    {
        using var stream = new StreamReader(await client.GetStreamAsync(
            new Uri($"/api/v1/configmaps?watch=true&resourceVersion={from}", UriKind.Relative), Cancel));
        return (JsonObject)JsonNode.Parse((await stream.ReadLineAsync(Cancel))!)!;
    }

    private async Task LoadUntilKilledAsync(ServerProcess server, int after, int round)
    {
        var enough = new TaskCompletionSource();
        var done = 0;
        var clients = ledgers.Select((ledger, index) => Task.Run(() => WriteAsync(server, index, ledger, round, () =>
        {
            if (Interlocked.Increment(ref done) == after)
                enough.TrySetResult();
        }))).ToList();
        await Task.WhenAny(enough.Task, Task.WhenAll(clients)).WaitAsync(TimeSpan.FromSeconds(60), Cancel);
        server.Process.Kill();
        await Task.WhenAll(clients).WaitAsync(TimeSpan.FromSeconds(60), Cancel);
        writes += done;
    }

    /// <summary>Creates, updates and deletes until the server is gone.</summary>
    private async Task WriteAsync(ServerProcess server, int index, WriteLedger ledger, int round, Action acknowledged)
    {
        var chance = new Random(seed + (round * Clients) + index);
        using var client = CreateClient(server);
        try
        {
            for (var i = 0; ; i++)
            {
                var name = $"c{index}-{chance.Next(NamesOfClient)}";
                var known = ledger[name];
                var wish = new WriteLedger.Wish(known.Value is not null && chance.Next(4) == 0 ? null : $"{round}-{i}-{new string('x', chance.Next(2000))}");
                ledger.Begin(name, wish);
                using var answer = await SendAsync(client, name, known, wish, update: known.Value is not null && chance.Next(2) == 0);
                var body = (JsonObject)JsonNode.Parse(await answer.Content.ReadAsStreamAsync(Cancel))!;
                Assert.True(answer.IsSuccessStatusCode, body.ToJsonString());
                ledger.Acknowledge(name, wish, wish.Value is null ? known.Revision : WriteLedger.Revision(body));
                acknowledged();
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The server was killed; the last write stays open.
        }
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string name, WriteLedger.Known known, WriteLedger.Wish wish, bool update)
    {
        var path = new Uri($"{Maps}/{name}", UriKind.Relative);
        if (wish.Value is null)
            return client.DeleteAsync(path, Cancel);
        var body = new JsonObject { ["metadata"] = new JsonObject { ["name"] = name }, ["data"] = new JsonObject { ["value"] = wish.Value } };
        if (known.Value is null)
            return client.PostAsJsonAsync(Maps, body, Cancel);
        if (!update)
            return client.PatchAsync(path, JsonContent.Create(body, new MediaTypeHeaderValue("application/merge-patch+json")), Cancel);
        body["metadata"]!["resourceVersion"] = known.Revision.ToString(CultureInfo.InvariantCulture);
        return client.PutAsJsonAsync(path, body, Cancel);
    }

    private static async Task<JsonObject> GetAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        answer.EnsureSuccessStatusCode();
        return (JsonObject)JsonNode.Parse(await answer.Content.ReadAsStreamAsync(Cancel))!;
    }

    private static HttpClient CreateClient(ServerProcess server)
    {
        var client = server.CreateClient();
        client.DefaultRequestVersion = HttpVersion.Version20;
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        return client;
    }
}
