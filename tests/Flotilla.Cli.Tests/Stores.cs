namespace Flotilla.Cli.Tests;

/// <summary>A small fleet: three stores that run a till in one of two versions.</summary>
internal static class Stores
{
    public static string Yaml(string version, string after = "") => $$$"""
        apiVersion: v1
        kind: Namespace
        metadata: {name: retail}
        ---
        apiVersion: flotilla.dev/v1alpha1
        kind: Fleet
        metadata: {name: stores, namespace: retail}
        spec:
          selector:
            matchLabels: {kind: store}
          stack: store
          rollout: {maxConcurrent: 2}
        ---
        apiVersion: flotilla.dev/v1alpha1
        kind: Stack
        metadata: {name: store, namespace: retail}
        spec:
          slots:
          - role: application
            use:
            - component: till
              version: {{{version}}}
              values:
              - {name: tills, value: "${site.tills}"}
        ---
        apiVersion: flotilla.dev/v1alpha1
        kind: Component
        metadata: {name: till, namespace: retail}
        spec:
          role: application
          project: {licence: Apache-2.0}
          versions:
          - version: 1.0.0
            parameters: [{name: tills, type: string, required: true}]
            source:
              inline: |
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: till, namespace: default}
                data: {tills: "${tills}", greeting: hello}
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: receipts, namespace: default}
                data: {width: "40"}
                ---
                apiVersion: v1
                kind: PersistentVolumeClaim
                metadata: {name: sales, namespace: default}
                spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi} } }
          - version: 1.1.0
            parameters: [{name: tills, type: string, required: true}]
            source:
              inline: |
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: till, namespace: default}
                data: {tills: "${tills}", greeting: good morning}
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: vouchers, namespace: default}
                data: {valid: 30d}
        {{{after}}}
        ---
        {{{Site("store-1", 4)}}}
        ---
        {{{Site("store-2", 2)}}}
        ---
        {{{Site("store-3", 2)}}}
        """;

    public static string Site(string name, int tills) =>
        $"apiVersion: flotilla.dev/v1alpha1\nkind: Site\nmetadata: {{name: {name}, namespace: retail, labels: {{kind: store}}}}\nspec: {{displayName: {name}, parameters: [{{name: tills, value: \"{tills}\"}}]}}";
}
