using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Yaml;
using Flotilla.TestKit;

namespace Flotilla.EndToEnd.Fleets;

/// <summary>A fleet of one small component. Each change is another release: it alters a ConfigMap and a Deployment, and brings an object in place of another.</summary>
internal static class TillFleet
{
    public static JsonObject Component() => Read("""
        apiVersion: flotilla.dev/v1alpha1
        kind: Component
        metadata: {name: till, namespace: NAMESPACE}
        spec:
          role: application
          versions:
          - version: 1.0.0
            parameters: [{name: change, type: string, required: true}]
            source:
              inline: |
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: till, namespace: default}
                data: {change: "${change}"}
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: "receipt-${change}", namespace: default}
                data: {paid: "yes"}
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: till, namespace: default}
                spec:
                  selector: {matchLabels: {app: till}}
                  template:
                    metadata: {labels: {app: till}}
                    spec:
                      containers:
                      - name: till
                        image: example.com/till:1
                        env: [{name: CHANGE, value: "${change}"}]
        """);

    public static JsonObject Stack(int change) => Read($$"""
        apiVersion: flotilla.dev/v1alpha1
        kind: Stack
        metadata: {name: store, namespace: NAMESPACE}
        spec: {slots: [{role: application, use: [{component: till, version: 1.0.0, values: [{name: change, value: "{{change}}"}]}]}]}
        """);

    public static JsonObject Fleet() => Read("""
        apiVersion: flotilla.dev/v1alpha1
        kind: Fleet
        metadata: {name: stores, namespace: NAMESPACE}
        spec: {selector: {matchLabels: {kind: store}}, stack: store, rollout: {maxConcurrent: 100%}}
        """);

    private static JsonObject Read(string yaml) => (JsonObject)YamlReader.ReadAll(yaml.Replace("NAMESPACE", RealStack.Namespace, StringComparison.Ordinal))[0].Content!;
}
