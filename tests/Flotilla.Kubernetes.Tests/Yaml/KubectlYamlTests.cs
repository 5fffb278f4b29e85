using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;
using Flotilla.TestKit;

namespace Flotilla.Kubernetes.Tests.Yaml;

/// <summary>Reading and writing are kubectl's; the tables hold what it does, and it is asked again where it is installed.</summary>
public sealed class KubectlYamlTests
{
    [Fact]
    public void Yaml_is_read_as_kubectl_reads_it()
    {
        var differences = new List<string>();
        foreach (var known in GoldenTable.Reads)
        {
            var yaml = known.String("yaml")!;
            var want = known.Array("json") is { } documents ? GoldenTable.Canonical(documents) : "an error";
            string got;
            try
            {
                got = GoldenTable.Canonical(new JsonArray([.. YamlReader.ReadAll(GoldenTable.Expand(yaml)).Select(d => GoldenTable.WithoutHead(d.Content!.DeepClone()))]));
            }
            catch (YamlReadException)
            {
                got = "an error";
            }
            if (want != got)
                differences.Add($"{JsonValue.Create(yaml).ToJsonString()}: want {want}, got {got}");
        }
        Assert.Empty(differences);
        Assert.True(GoldenTable.Reads.Count > 700);
    }

    [Fact]
    public void Yaml_is_written_as_kubectl_writes_it()
    {
        var differences = new List<string>();
        foreach (var known in GoldenTable.Writes)
        {
            var got = YamlWriter.Write(Thing(known.Member("spec")));
            if (known.String("yaml") != got)
                differences.Add($"want\n{known.String("yaml")}\ngot\n{got}");
        }
        Assert.Empty(differences);
        Assert.True(GoldenTable.Writes.Count > 300);
    }

    [Fact]
    public void What_is_written_reads_back_the_same()
    {
        foreach (var known in GoldenTable.Writes)
        {
            var thing = Thing(known.Member("spec"));
            var text = YamlWriter.Write(thing);
            Assert.True(JsonNodeExtensions.DeepEquals(thing, YamlReader.ReadFirst(Encoding.UTF8.GetBytes(text)).Content), text);
        }
    }

    [Fact]
    public void Kubectl_still_reads_what_the_table_says()
    {
        Assert.SkipUnless(Kubectl.IsInstalled, "kubectl is not installed");
        var folder = Directory.CreateTempSubdirectory("flotilla-yaml-");
        try
        {
            // All that it reads goes into one process; of what it refuses, a sample.
            var good = GoldenTable.Reads.Where(k => k.Array("json") is not null && !k.String("yaml")!.StartsWith("%RAW%", StringComparison.Ordinal)).ToList();
            for (var i = 0; i < good.Count; i++)
                File.WriteAllText(Path.Combine(folder.FullName, $"{i:D4}.yaml"), GoldenTable.Expand(good[i].String("yaml")!));
            var (exit, output, error) = Kubectl.Run("patch", "--local", "--type", "merge", "-p", "{}", "-o", "json", "-f", folder.FullName);
            Assert.True(exit == 0, error);
            var got = GoldenTable.ReadStream(output).Select(d => GoldenTable.Canonical(GoldenTable.WithoutHead(d)));
            Assert.Equal(good.SelectMany(k => k.Array("json")!.Select(GoldenTable.Canonical)), got);

            var file = Path.Combine(folder.FullName, "bad.yaml");
            foreach (var known in GoldenTable.Reads.Where(k => k.Array("json") is null).Where((_, i) => i % 40 == 0))
            {
                File.WriteAllText(file, GoldenTable.Expand(known.String("yaml")!));
                Assert.NotEqual(0, Kubectl.Run("patch", "--local", "--type", "merge", "-p", "{}", "-o", "json", "-f", file).ExitCode);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Real_manifests_are_read_as_kubectl_reads_them()
    {
        Assert.SkipWhen(Repository.Shared is null, "no manifests beside this checkout");
        var files = Directory.EnumerateFiles(Path.Combine(Repository.Shared, "manifests"), "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        Assert.NotEmpty(files);
        var ours = files.ToDictionary(f => f, f => YamlReader.ReadAll(File.ReadAllBytes(f)));
        Assert.All(ours.Values, documents => Assert.All(documents, d => Assert.NotNull(d.Content.String("kind"))));
        foreach (var document in ours.Values.SelectMany(d => d))
            Assert.True(JsonNodeExtensions.DeepEquals(document.Content, YamlReader.ReadFirst(Encoding.UTF8.GetBytes(YamlWriter.Write(document.Content))).Content));

        Assert.SkipUnless(Kubectl.IsInstalled, "kubectl is not installed");
        var objects = files.Where(f => Path.GetFileName(f) != "kustomization.yaml").ToList();
        string[] arguments = ["patch", "--local", "--type", "merge", "-p", "{}", "-o", "json", .. objects.SelectMany(f => new[] { "-f", f })];
        var (exit, output, error) = Kubectl.Run(arguments);
        Assert.True(exit == 0, error);
        Assert.Equal(objects.SelectMany(f => ours[f]).Select(d => GoldenTable.Canonical(d.Content)), GoldenTable.ReadStream(output).Select(GoldenTable.Canonical));
    }

    private static JsonObject Thing(JsonNode? spec) => new()
    {
        ["apiVersion"] = "example.com/v1",
        ["kind"] = "Thing",
        ["metadata"] = new JsonObject { ["name"] = "a" },
        ["spec"] = spec?.DeepClone(),
    };
}
