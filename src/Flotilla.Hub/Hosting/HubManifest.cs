using Flotilla.Api.Definitions;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Yaml;

namespace Flotilla.Hub.Hosting;

/// <summary>Where and how a hub runs in a cluster.</summary>
/// <param name="Namespace">Namespace of the hub's process.</param>
/// <param name="Image">Image of the command line.</param>
/// <param name="Advertise">The address that sites are told.</param>
public sealed record HubManifestOptions(string Namespace, string Image, Uri Advertise);

/// <summary>What is applied to a cluster so that a hub can run in it: definitions of our kinds, rights, and the hub itself.</summary>
public static class HubManifest
{
    /// <summary>Where the hub keeps what is its own; also where its process runs, unless told otherwise.</summary>
    public const string SystemNamespace = HubResources.SystemNamespace;

    /// <summary>All of it as YAML, in an order in which it can be applied.</summary>
    public static string Write(HubManifestOptions options) => string.Join("---\n",
    [
        YamlWriter.WriteAll(CustomResourceDefinitions.All),
        .. new[] { SystemNamespace, options.Namespace }.Distinct().Select(NamespaceOf),
        HubRights.Write(options.Namespace),
        Process(options.Namespace, FieldError.Quote(options.Image), FieldError.Quote(options.Advertise.GetLeftPart(UriPartial.Authority))),
    ]);

    private static string NamespaceOf(string name) => $"""
        apiVersion: v1
        kind: Namespace
        metadata:
          name: {name}

        """;

    private static string Process(string ns, string image, string advertise) => $$"""
        # How the hub finds the API of the cluster that it runs in.
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: flotilla-hub-kubeconfig
          namespace: {{ns}}
        data:
          kubeconfig: |
            apiVersion: v1
            kind: Config
            current-context: hub
            contexts:
            - name: hub
              context: {cluster: hub, user: hub}
            clusters:
            - name: hub
              cluster:
                server: https://kubernetes.default.svc
                certificate-authority: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt
            users:
            - name: hub
              user:
                tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token
        ---
        apiVersion: v1
        kind: Service
        metadata:
          name: flotilla-hub
          namespace: {{ns}}
        spec:
          selector:
            app: flotilla-hub
          ports:
          - name: gateway
            port: 8443
            targetPort: gateway
        ---
        # Keys and content. The keys are the hub's identity: keep a copy of them elsewhere.
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata:
          name: flotilla-hub
          namespace: {{ns}}
        spec:
          accessModes: [ReadWriteOnce]
          resources:
            requests:
              storage: 10Gi
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: flotilla-hub
          namespace: {{ns}}
        spec:
          # Two at once would use one folder.
          replicas: 1
          strategy:
            type: Recreate
          selector:
            matchLabels:
              app: flotilla-hub
          template:
            metadata:
              labels:
                app: flotilla-hub
            spec:
              serviceAccountName: flotilla-hub
              securityContext:
                runAsNonRoot: true
                runAsUser: 65532
                fsGroup: 65532
              containers:
              - name: hub
                image: {{image}}
                args:
                - hub
                - --data=/var/lib/flotilla
                - --listen=0.0.0.0:8443
                - --advertise
                - {{advertise}}
                - --kubeconfig=/etc/flotilla/kubeconfig
                - --ledger=$(FLOTILLA_LEDGER)
                env:
                # Connection string of PostgreSQL, which is yours to make:
                # kubectl -n {{ns}} create secret generic flotilla-ledger --from-literal=connection='Host=…;Database=…;Username=…;Password=…'
                - name: FLOTILLA_LEDGER
                  valueFrom:
                    secretKeyRef:
                      name: flotilla-ledger
                      key: connection
                ports:
                - name: gateway
                  containerPort: 8443
                readinessProbe:
                  httpGet:
                    path: /readyz
                    port: gateway
                    scheme: HTTPS
                volumeMounts:
                - name: data
                  mountPath: /var/lib/flotilla
                - name: kubeconfig
                  mountPath: /etc/flotilla
                  readOnly: true
                resources:
                  requests:
                    cpu: 100m
                    memory: 256Mi
              volumes:
              - name: data
                persistentVolumeClaim:
                  claimName: flotilla-hub
              - name: kubeconfig
                configMap:
                  name: flotilla-hub-kubeconfig

        """;
}
