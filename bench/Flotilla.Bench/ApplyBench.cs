using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;
using Flotilla.TestKit;

namespace Flotilla.Bench;

/// <summary>Server-side apply of the manifests of real projects, one object after the other.</summary>
internal static class ApplyBench
{
    public static async Task<MarkdownTable> RunAsync(CancellationToken cancellation)
    {
        var table = new MarkdownTable("what", "objects", "total ms", "ms each", "slowest ms", "notes");
        if (Repository.Shared is not { } shared)
        {
            table.Add("skipped", "", "", "", "", "the folder of recorded facts is not beside the checkout");
            return table;
        }
        var objects = Read(Path.Combine(shared, "manifests"));
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(["--data", folder.Path], cancellation);
        var paths = new Dictionary<(string ApiVersion, string Kind), (string Plural, bool Namespaced)>();
        foreach (var (what, change) in ((string, bool)[])[("first apply", false), ("again, nothing changes", false), ("again, a label changes", true)])
            await MeasureAsync(table, what, change);
        return table;

        async Task MeasureAsync(MarkdownTable result, string what, bool change)
        {
            var times = new List<(double Milliseconds, string Name, int Bytes)>();
            foreach (var obj in objects)
            {
                if (change)
                    obj.ObjectOrNew("metadata").ObjectOrNew("labels")["bench"] = "changed";
                var body = Encoding.UTF8.GetBytes(obj.ToJsonString());
                var path = await PathOfAsync(server.Client, paths, obj, cancellation);
                var watch = Stopwatch.StartNew();
                if (!await ApplyAsync(server.Client, path, body, cancellation))
                    continue;
                times.Add((watch.Elapsed.TotalMilliseconds, path[(path.LastIndexOf('/') + 1)..], body.Length));
            }
            var (slowest, name, bytes) = times.Max();
            var all = times.Select(t => t.Milliseconds).ToArray();
            result.Add(what, times.Count, all.Sum(), all.Median(), slowest, $"median each; slowest {name}, {bytes >> 10} KiB");
        }
    }

    /// <summary>Namespaces and definitions first, as every tool orders them; no webhooks, since nobody answers them here.</summary>
    private static JsonObject[] Read(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .SelectMany(file => YamlReader.ReadAll(File.ReadAllBytes(file)))
            .Select(document => document.Content).OfType<JsonObject>()
            .Where(obj => obj.String("kind") is not null && obj.Object("metadata").String("name") is not null)
            .Where(obj => !obj.String("kind")!.EndsWith("WebhookConfiguration", StringComparison.Ordinal))
            .OrderBy(obj => obj.String("kind") switch { "Namespace" => 0, "CustomResourceDefinition" => 1, _ => 2 }),
    ];

    private static async Task<string> PathOfAsync(
        HttpClient http, Dictionary<(string, string), (string Plural, bool Namespaced)> known, JsonObject obj, CancellationToken cancellation)
    {
        var (apiVersion, kind) = (obj.String("apiVersion")!, obj.String("kind")!);
        var root = apiVersion.Contains('/', StringComparison.Ordinal) ? $"/apis/{apiVersion}" : $"/api/{apiVersion}";
        if (!known.TryGetValue((apiVersion, kind), out var resource))
        {
            var list = JsonText.Parse(await http.GetByteArrayAsync(root, cancellation));
            var found = list.Array("resources")!.First(r => r.String("kind") == kind && !r.String("name")!.Contains('/', StringComparison.Ordinal));
            resource = known[(apiVersion, kind)] = (found.String("name")!, found.Member("namespaced").AsBoolOrNull() ?? false);
        }
        var metadata = obj.Object("metadata");
        return $"{root}/{(resource.Namespaced ? $"namespaces/{metadata.String("namespace") ?? "default"}/" : "")}{resource.Plural}/{metadata.String("name")}";
    }

    /// <summary>False for what is no whole object: the manifests hold patches for kustomize, too.</summary>
    private static async Task<bool> ApplyAsync(HttpClient http, string path, byte[] body, CancellationToken cancellation)
    {
        using var answer = await http.PatchAsync($"{path}?fieldManager=bench&force=true",
            new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/apply-patch+yaml") } }, cancellation);
        if (answer.StatusCode == HttpStatusCode.UnprocessableEntity)
            return false;
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"{path}: {await answer.Content.ReadAsStringAsync(cancellation)}");
        _ = await answer.Content.ReadAsByteArrayAsync(cancellation);
        return true;
    }
}
