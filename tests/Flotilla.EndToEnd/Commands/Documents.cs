namespace Flotilla.EndToEnd.Commands;

/// <summary>Objects that several tests apply.</summary>
internal static class Documents
{
    public const string Deployment = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, labels: {app: web}}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - {name: first, image: "nginx:1"}
              - {name: second, image: "nginx:2", ports: [{containerPort: 80}]}
        """;

    public const string Service = """
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
        """;

    public const string Pod = """
        apiVersion: v1
        kind: Pod
        metadata: {name: one, labels: {app: one}}
        spec:
          containers:
          - name: main
            image: busybox:1
            env: [{name: COLOUR, value: blue}]
            resources: {requests: {cpu: 100m}}
        """;

    public const string ConfigMap = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings, labels: {app: web}}
        data: {a: "1", b: "2"}
        """;

    public const string Definition = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: boats.harbour.example.com}
        spec:
          group: harbour.example.com
          scope: Namespaced
          names: {plural: boats, singular: boat, kind: Boat, shortNames: [bo], categories: [all]}
          versions:
          - name: v1
            served: true
            storage: true
            subresources:
              status: {}
              scale: {specReplicasPath: .spec.sails, statusReplicasPath: .status.sails}
            additionalPrinterColumns:
            - {name: Length, type: integer, jsonPath: .spec.length}
            - {name: Mast, type: string, jsonPath: .spec.mast, priority: 1}
            schema:
              openAPIV3Schema:
                type: object
                description: A boat that lies in the harbour.
                properties:
                  spec:
                    type: object
                    required: [length]
                    properties:
                      length: {type: integer, minimum: 1, description: Length over all in metres.}
                      mast: {type: string, default: oak}
                      sails: {type: integer, default: 1}
                    x-kubernetes-validations:
                    - {rule: "self.sails <= self.length", message: more sails than metres}
                  status:
                    type: object
                    properties:
                      sails: {type: integer}
        """;

    public const string Boat = """
        apiVersion: harbour.example.com/v1
        kind: Boat
        metadata: {name: anna}
        spec: {length: 12}
        """;
}
