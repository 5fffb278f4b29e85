using Flotilla.Kubernetes.Errors;

namespace Flotilla.Hub.Gateway;

/// <summary>What is applied to a site's cluster to attach it: the agent with its rights, and where its hub is.</summary>
internal static class AgentManifest
{
    public static string Write(string hub, string token, string authorityPem, string image) => $$"""
        apiVersion: v1
        kind: Namespace
        metadata:
          name: flotilla-agent
        ---
        apiVersion: v1
        kind: ServiceAccount
        metadata:
          name: flotilla-agent
          namespace: flotilla-agent
        ---
        # What the agent may do at most. Narrow it to what this site's stacks need.
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata:
          name: flotilla-agent
        roleRef:
          apiGroup: rbac.authorization.k8s.io
          kind: ClusterRole
          name: cluster-admin
        subjects:
        - kind: ServiceAccount
          name: flotilla-agent
          namespace: flotilla-agent
        ---
        apiVersion: v1
        kind: Secret
        metadata:
          name: flotilla-enrolment
          namespace: flotilla-agent
        stringData:
          token: {{FieldError.Quote(token)}}
          ca.crt: {{FieldError.Quote(authorityPem)}}
        ---
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata:
          name: flotilla-agent
          namespace: flotilla-agent
        spec:
          accessModes: [ReadWriteOnce]
          resources:
            requests:
              storage: 2Gi
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: flotilla-agent
          namespace: flotilla-agent
        spec:
          # Two at once would write one journal.
          strategy:
            type: Recreate
          selector:
            matchLabels:
              app: flotilla-agent
          template:
            metadata:
              labels:
                app: flotilla-agent
            spec:
              serviceAccountName: flotilla-agent
              securityContext:
                runAsNonRoot: true
                runAsUser: 65532
                fsGroup: 65532
              containers:
              - name: agent
                image: {{FieldError.Quote(image)}}
                args: [run, --hub, {{FieldError.Quote(hub)}}, --state, /var/lib/flotilla]
                env:
                - name: FLOTILLA_TOKEN
                  valueFrom:
                    secretKeyRef:
                      name: flotilla-enrolment
                      key: token
                - name: FLOTILLA_CA_FILE
                  value: /etc/flotilla/ca.crt
                volumeMounts:
                - name: state
                  mountPath: /var/lib/flotilla
                - name: hub
                  mountPath: /etc/flotilla
                  readOnly: true
                resources:
                  requests:
                    cpu: 10m
                    memory: 64Mi
                  limits:
                    memory: 256Mi
              volumes:
              - name: state
                persistentVolumeClaim:
                  claimName: flotilla-agent
              - name: hub
                secret:
                  secretName: flotilla-enrolment
                  items:
                  - key: ca.crt
                    path: ca.crt

        """;
}
