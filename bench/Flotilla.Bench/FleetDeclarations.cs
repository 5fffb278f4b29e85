using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Api.Sites;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Yaml;

namespace Flotilla.Bench;

/// <summary>What benches declare: small components, a stack of all of them, fleets that follow it.</summary>
internal static class FleetDeclarations
{
    public const string Namespace = "bench";

    private static readonly ApplyOptions Apply = new() { FieldManager = "bench", Force = true };

    public static Task ApplyAsync(KubernetesClient api, JsonObject declared, CancellationToken cancellation) => api.ApplyAsync(declared, Apply, cancellation);

    /// <summary>Applies documents, one after the other.</summary>
    public static async Task ApplyAsync(KubernetesClient api, string yaml, CancellationToken cancellation)
    {
        foreach (var document in YamlReader.ReadAll(Encoding.UTF8.GetBytes(yaml)))
            await api.ApplyAsync((JsonObject)document.Content!, Apply, cancellation);
    }

    public static string NamespaceYaml => $"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {Namespace}}}\n";

    /// <summary>A Deployment, a Service and a ConfigMap, which has a parameter of the stack and one of the site in it.</summary>
    public static string Component(int number) => $$"""
        apiVersion: flotilla.dev/v1alpha1
        kind: Component
        metadata: {name: part-{{number}}, namespace: {{Namespace}}}
        spec:
          role: application
          versions:
          - version: 1.0.0
            source:
              inline: |
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: part-{{number}}, namespace: default}
                data: {greeting: placeholder, tills: placeholder}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: part-{{number}}, namespace: default}
                spec:
                  selector: {app: part-{{number}} }
                  ports: [{port: 80, targetPort: 8080}]
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: part-{{number}}, namespace: default}
                spec:
                  replicas: 1
                  selector: {matchLabels: {app: part-{{number}} } }
                  template:
                    metadata: {labels: {app: part-{{number}} } }
                    spec:
                      containers: [{name: main, image: "registry.example.com/part-{{number}}:1.0.0"}]
            parameters:
            - {name: greeting, type: string, default: hello}
            - {name: tills, type: string, default: "1"}
            patches:
            - target: {kind: ConfigMap}
              strategic: {data: {greeting: "${greeting}", tills: "${tills}"} }
        """;

    /// <summary>The stack; the first of its components is given the greeting.</summary>
    public static JsonObject Stack(int components, string greeting) => new()
    {
        ["apiVersion"] = "flotilla.dev/v1alpha1",
        ["kind"] = "Stack",
        ["metadata"] = new JsonObject { ["name"] = "all", ["namespace"] = Namespace },
        ["spec"] = new JsonObject
        {
            ["slots"] = new JsonArray(new JsonObject
            {
                ["role"] = "application",
                ["use"] = new JsonArray([.. Enumerable.Range(1, components).Select(i => Use(i, i == 1 ? greeting : "hello"))]),
            }),
        },
    };

    /// <summary>A fleet of the sites with one value of the label <c>ring</c>, all at once.</summary>
    public static string Fleet(string ring) => $$"""
        apiVersion: flotilla.dev/v1alpha1
        kind: Fleet
        metadata: {name: {{ring}}, namespace: {{Namespace}}}
        spec:
          selector: {matchLabels: {ring: {{ring}} } }
          stack: all
          rollout: {waves: [{name: all}], maxConcurrent: "100%"}
        """;

    public static SiteName SiteName(int number) => new(Namespace, $"site-{number.ToString("D5", CultureInfo.InvariantCulture)}");

    public static JsonObject SiteSpec(int tills) => new()
    {
        ["parameters"] = new JsonArray(new JsonObject { ["name"] = "tills", ["value"] = tills.ToString(CultureInfo.InvariantCulture) }),
    };

    private static JsonObject Use(int number, string greeting) => new()
    {
        ["component"] = $"part-{number}",
        ["version"] = "1.0.0",
        ["values"] = new JsonArray(
            new JsonObject { ["name"] = "greeting", ["value"] = greeting },
            new JsonObject { ["name"] = "tills", ["value"] = "${site.tills}" }),
    };
}
