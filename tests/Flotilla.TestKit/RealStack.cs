using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Api;
using Flotilla.Core.Releases;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;

namespace Flotilla.TestKit;

/// <summary>
/// Components made of published manifests, and stacks of them: what users really run. Everything is made anew at each call.
/// Tests that use it skip themselves when <see cref="Folder"/> is null.
/// </summary>
public static class RealStack
{
    public const string Namespace = "retail";

    private static readonly (string Name, string Older, string Newer)[] Projects =
    [
        ("calico", "3.31.7", "3.32.1"),
        ("contour", "1.32.5", "1.33.6"),
        ("flannel", "0.28.8", "0.28.9"),
        ("gatekeeper", "3.22.2", "3.23.0"),
        ("local-path-provisioner", "0.0.36", "0.0.37"),
        ("longhorn", "1.11.3", "1.12.1"),
        ("metallb", "0.15.3", "0.16.1"),
        ("metrics-server", "0.8.1", "0.9.0"),
        ("system-upgrade-controller", "0.20.1", "0.20.1"),
        ("velero-crds", "1.18.1", "1.18.1"),
    ];

    /// <summary>The folder that <c>files</c> sources of <see cref="Components"/> are relative to; null when the manifests are not beside the checkout.</summary>
    public static string? Folder => Repository.Shared is null ? null : Path.Combine(Repository.Shared, "manifests");

    /// <summary>Names of all components.</summary>
    public static IReadOnlyList<string> Names => [.. Projects.Select(project => project.Name)];

    /// <summary>All components as a user declares them, with both versions; sources are <c>files</c>.</summary>
    public static IReadOnlyList<JsonObject> Components() => [.. Projects.Select(Component)];

    /// <summary>All components as the hub stores them; sources are <c>content</c>, whose bytes go to <paramref name="content"/> by digest (<c>sha256:…</c>).</summary>
    public static IReadOnlyList<JsonObject> StoredComponents(IDictionary<string, byte[]> content)
    {
        var components = Components();
        foreach (var version in components.SelectMany(component => component.Object("spec").Array("versions")!))
        {
            var source = version.Object("source")!;
            var digests = new JsonArray();
            foreach (var file in source.Array("files")!)
            {
                var bytes = File.ReadAllBytes(Path.Combine(Folder!, file.AsStringOrNull()!));
                var digest = $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}";
                content[digest] = bytes;
                digests.Add(digest);
            }
            source.Remove("files");
            source["content"] = digests;
        }
        return components;
    }

    /// <summary>The stack <c>real</c> with the older versions.</summary>
    /// <param name="network">calico or flannel.</param>
    public static JsonObject Older(string network = "calico") => Stack(network, newer: false);

    /// <summary>The stack <c>real</c> with the newer versions.</summary>
    /// <param name="network">calico or flannel.</param>
    public static JsonObject Newer(string network = "calico") => Stack(network, newer: true);

    /// <summary>The fleet <c>stores</c>: sites with the label <c>kind=store</c> run the stack <c>real</c>.</summary>
    public static JsonObject Fleet(string maxConcurrent = "50%") => Declared("Fleet", "stores", new JsonObject
    {
        ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["kind"] = "store" } },
        ["stack"] = "real",
        ["rollout"] = new JsonObject { ["maxConcurrent"] = maxConcurrent },
    });

    /// <summary>What a stack of these components compiles to for one site.</summary>
    /// <exception cref="InvalidOperationException">It does not compile; the message says why.</exception>
    public static Release Compile(JsonObject stack)
    {
        var content = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var components = StoredComponents(content).Select(c => c.Deserialize(ApiJson.Default.Component)!);
        var revision = RevisionCompiler.Compile(
            stack.Deserialize(ApiJson.Default.Stack)!, components, digest => content.TryGetValue(digest, out var bytes) ? (ReadOnlyMemory<byte>?)bytes : null);
        if (revision.Revision is null || revision.Problems.Count > 0)
            throw new InvalidOperationException(string.Join('\n', revision.Problems));
        var outcome = ReleaseCompiler.Compile(revision.Revision, new SiteInputs("store-1"));
        return outcome.Release ?? throw new InvalidOperationException(string.Join('\n', outcome.Problems));
    }

    private static JsonObject Component((string Name, string Older, string Newer) project)
    {
        using var resource = typeof(RealStack).Assembly.GetManifestResourceStream($"{project.Name}.yaml")!;
        var template = new StreamReader(resource).ReadToEnd();
        var versions = new JsonArray();
        var spec = new JsonObject();
        foreach (var number in new[] { project.Older, project.Newer }.Distinct())
        {
            spec = (JsonObject)YamlReader.ReadAll(template.Replace("VERSION", number, StringComparison.Ordinal))[0].Content!;
            var version = spec.Object("version")!;
            spec.Remove("version");
            version["version"] = number;
            versions.Add(version);
        }
        spec["versions"] = versions;
        return Declared("Component", project.Name, spec);
    }

    private static JsonObject Stack(string network, bool newer)
    {
        // Gatekeeper's webhook may refuse namespaces, so that it comes last.
        string[] last = ["network", "loadBalancer", "ingress", "storage", "observability", "backup", "upgrades"];
        var slots = new JsonArray
        {
            Slot("network", network),
            Slot("loadBalancer", "metallb"),
            Slot("ingress", "contour"),
            Slot("storage", "longhorn", "local-path-provisioner"),
            Slot("observability", "metrics-server"),
            Slot("backup", "velero-crds"),
            Slot("upgrades", "system-upgrade-controller"),
            Slot("policy", "gatekeeper"),
        };
        slots[^1]!["after"] = new JsonArray([.. last.Select(role => (JsonNode)role)]);
        return Declared("Stack", "real", new JsonObject { ["slots"] = slots });

        JsonObject Slot(string role, params string[] components) => new()
        {
            ["role"] = role,
            ["use"] = new JsonArray([.. components.Select(Use)]),
        };

        JsonObject Use(string name)
        {
            var project = Projects.Single(project => project.Name == name);
            return new JsonObject { ["component"] = name, ["version"] = newer ? project.Newer : project.Older };
        }
    }

    private static JsonObject Declared(string kind, string name, JsonObject spec) => new()
    {
        ["apiVersion"] = "flotilla.dev/v1alpha1",
        ["kind"] = kind,
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = Namespace },
        ["spec"] = spec,
    };
}
