using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Flotilla.Bench;

/// <summary>Requests over HTTP/2 and TLS to the real executable, each write on disk before its answer.</summary>
internal static class RequestsBench
{
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";
    private const string Deployments = "/apis/apps/v1/namespaces/default/deployments";
    private static readonly int[] ClientCounts = [1, 16, 64];

    public static async Task<MarkdownTable> RunAsync(CancellationToken cancellation)
    {
        var table = new MarkdownTable("what", "clients", "1/s", "p50 ms", "p99 ms", "notes");
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(["--data", folder.Path], cancellation);
        var http = server.Client;
        foreach (var clients in ClientCounts)
        {
            await Measure(table, "create ConfigMap (2 KB)", clients, "durable", (w, i) =>
                SendAsync(http, HttpMethod.Post, ConfigMaps, WorkingSet.ConfigMap($"c{clients}-{w}-{i}"), "application/json", cancellation));
        }
        await FillAsync(http, cancellation);
        foreach (var clients in ClientCounts)
        {
            await Measure(table, "get ConfigMap", clients, "", (w, i) => GetAsync(http, $"/api/v1/namespaces/read/configmaps/object-{((w * 31) + i) % 500}", cancellation));
            await Measure(table, "list 500 ConfigMaps", clients, "1.2 MB", (_, _) => GetAsync(http, "/api/v1/namespaces/read/configmaps?limit=500", cancellation));
            await Measure(table, "list by label, 10 of 500", clients, "", (_, i) =>
                GetAsync(http, $"/api/v1/namespaces/read/configmaps?labelSelector=app.kubernetes.io/name%3Dapp-{i % 50}", cancellation));
            await MeasureUpdates(table, http, clients, cancellation);
            await MeasureApplies(table, http, clients, cancellation);
        }
        table.Add("server, all of the above", "", "", "", "", $"{server.ResidentMegabytes:N0} MiB resident, {server.ProcessorTime.TotalSeconds:N0} s of processor time");
        return table;
    }

    private static async Task MeasureUpdates(MarkdownTable table, HttpClient http, int clients, CancellationToken cancellation)
    {
        for (var w = 0; w < clients; w++)
            await SendAsync(http, HttpMethod.Post, ConfigMaps, WorkingSet.ConfigMap($"u{clients}-{w}"), "application/json", cancellation);
        await Measure(table, "update ConfigMap", clients, "durable, each its own object", (w, i) =>
        {
            var obj = WorkingSet.ConfigMap($"u{clients}-{w}");
            obj["data"]!["count"] = $"{i}";
            return SendAsync(http, HttpMethod.Put, $"{ConfigMaps}/u{clients}-{w}", obj, "application/json", cancellation);
        });
    }

    private static async Task MeasureApplies(MarkdownTable table, HttpClient http, int clients, CancellationToken cancellation)
    {
        await Measure(table, "server-side apply, Deployment changes", clients, "durable", (w, i) => ApplyAsync($"a{clients}-{w}", i));
        await Measure(table, "server-side apply, nothing changes", clients, "", (w, _) => ApplyAsync($"a{clients}-{w}", 0));

        Task ApplyAsync(string name, int count)
        {
            var obj = WorkingSet.Deployment(name);
            obj["metadata"]!["annotations"] = new JsonObject { ["count"] = $"{count}" };
            return SendAsync(http, HttpMethod.Patch, $"{Deployments}/{name}?fieldManager=bench&force=true", obj, "application/apply-patch+yaml", cancellation);
        }
    }

    private static async Task Measure(MarkdownTable table, string what, int clients, string notes, Func<int, int, Task> work)
    {
        var result = await Throughput.MeasureAsync(clients, work);
        table.Add(what, clients, result.PerSecond, result.MedianMilliseconds, result.SlowestPercentMilliseconds, notes);
    }

    private static async Task FillAsync(HttpClient http, CancellationToken cancellation)
    {
        var ns = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = "read" } };
        await SendAsync(http, HttpMethod.Post, "/api/v1/namespaces", ns, "application/json", cancellation);
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i =>
            SendAsync(http, HttpMethod.Post, "/api/v1/namespaces/read/configmaps", WorkingSet.ConfigMap($"object-{i}", $"app-{i % 50}"), "application/json", cancellation)));
    }

    private static async Task GetAsync(HttpClient http, string path, CancellationToken cancellation) => _ = await http.GetByteArrayAsync(path, cancellation);

    private static async Task SendAsync(HttpClient http, HttpMethod method, string path, JsonObject body, string mediaType, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Version = http.DefaultRequestVersion,
            VersionPolicy = http.DefaultVersionPolicy,
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.ToJsonString())) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } },
        };
        using var answer = await http.SendAsync(request, cancellation);
        var text = await answer.Content.ReadAsByteArrayAsync(cancellation);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"{method} {path}: {Encoding.UTF8.GetString(text)}");
    }
}
