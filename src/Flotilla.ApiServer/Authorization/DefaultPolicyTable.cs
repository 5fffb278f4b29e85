using System.Text.Json.Nodes;

namespace Flotilla.ApiServer.Authorization;

internal static partial class DefaultPolicy
{
    private const string Read = "get list watch";
    private const string Write = "create delete deletecollection patch update";
    private const string ReadWrite = "create delete deletecollection get list patch update watch";

    private const string DiscoveryPaths = "/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/";

    private static IEnumerable<JsonObject> ClusterRoles() =>
    [
        Aggregated("admin"),
        ClusterRole("cluster-admin", Rule("*", "*", "*"), Urls("*", "*")),
        Aggregated("edit", into: "admin"),
        ClusterRole("system:aggregate-to-admin", "admin",
        [
            Rule("create", "authorization.k8s.io", "localsubjectaccessreviews"),
            Rule(ReadWrite, "rbac.authorization.k8s.io", "rolebindings roles"),
        ]),
        ClusterRole("system:aggregate-to-edit", "edit",
        [
            Rule(Read, "core", "pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy"),
            Rule("impersonate", "core", "serviceaccounts"),
            Rule(Write, "core", "pods pods/attach pods/exec pods/portforward pods/proxy"),
            Rule("create", "core", "pods/eviction"),
            Rule(Write, "core", "configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy"),
            Rule("create", "core", "serviceaccounts/token"),
            Rule(Write, "apps", "daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale"),
            Rule(Write, "autoscaling", "horizontalpodautoscalers"),
            Rule(Write, "batch", "cronjobs jobs"),
            Rule(Write, "extensions", "daemonsets deployments deployments/rollback deployments/scale ingresses networkpolicies replicasets replicasets/scale replicationcontrollers/scale"),
            Rule(Write, "policy", "poddisruptionbudgets"),
            Rule(Write, "networking.k8s.io", "ingresses networkpolicies"),
            Rule(ReadWrite, "coordination.k8s.io", "leases"),
        ]),
        ClusterRole("system:aggregate-to-view", "view",
        [
            Rule(Read, "core", "configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status"),
            Rule(Read, "core", "bindings events limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status"),
            Rule(Read, "core", "namespaces"),
            Rule(Read, "discovery.k8s.io", "endpointslices"),
            Rule(Read, "apps", "controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status"),
            Rule(Read, "autoscaling", "horizontalpodautoscalers horizontalpodautoscalers/status"),
            Rule(Read, "batch", "cronjobs cronjobs/status jobs jobs/status"),
            Rule(Read, "extensions", "daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses ingresses/status networkpolicies replicasets replicasets/scale replicasets/status replicationcontrollers/scale"),
            Rule(Read, "policy", "poddisruptionbudgets poddisruptionbudgets/status"),
            Rule(Read, "networking.k8s.io", "ingresses ingresses/status networkpolicies"),
        ]),
        ClusterRole("system:auth-delegator",
            Rule("create", "authentication.k8s.io", "tokenreviews"),
            Rule("create", "authorization.k8s.io", "subjectaccessreviews")),
        ClusterRole("system:basic-user",
            Rule("create", "authorization.k8s.io", "selfsubjectaccessreviews selfsubjectrulesreviews"),
            Rule("create", "authentication.k8s.io", "selfsubjectreviews")),
        ClusterRole("system:certificates.k8s.io:certificatesigningrequests:nodeclient",
            Rule("create", "certificates.k8s.io", "certificatesigningrequests/nodeclient")),
        ClusterRole("system:certificates.k8s.io:certificatesigningrequests:selfnodeclient",
            Rule("create", "certificates.k8s.io", "certificatesigningrequests/selfnodeclient")),
        ClusterRole("system:certificates.k8s.io:kube-apiserver-client-approver",
            Rule("approve", "certificates.k8s.io", "signers", names: "kubernetes.io/kube-apiserver-client")),
        ClusterRole("system:certificates.k8s.io:kube-apiserver-client-kubelet-approver",
            Rule("approve", "certificates.k8s.io", "signers", names: "kubernetes.io/kube-apiserver-client-kubelet")),
        ClusterRole("system:certificates.k8s.io:kubelet-serving-approver",
            Rule("approve", "certificates.k8s.io", "signers", names: "kubernetes.io/kubelet-serving")),
        ClusterRole("system:certificates.k8s.io:legacy-unknown-approver",
            Rule("approve", "certificates.k8s.io", "signers", names: "kubernetes.io/legacy-unknown")),
        ClusterRole("system:discovery", Urls("get", DiscoveryPaths)),
        ClusterRole("system:kube-aggregator", Rule(Read, "core", "endpoints services")),
        ClusterRole("system:kubelet-api-admin",
            Rule(Read, "core", "nodes"),
            Rule("proxy", "core", "nodes"),
            Rule("*", "core", "nodes/configz nodes/healthz nodes/log nodes/metrics nodes/pods nodes/proxy nodes/stats")),
        ClusterRole("system:monitoring",
            Urls("get", "/healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/*")),
        ClusterRole("system:node-bootstrapper", Rule("create get list watch", "certificates.k8s.io", "certificatesigningrequests")),
        ClusterRole("system:persistent-volume-provisioner",
            Rule("create delete get list watch", "core", "persistentvolumes"),
            Rule("get list update watch", "core", "persistentvolumeclaims"),
            Rule(Read, "storage.k8s.io", "storageclasses"),
            Rule("watch", "core", "events"),
            Rule("create patch update", "core events.k8s.io", "events")),
        ClusterRole("system:public-info-viewer", Urls("get", "/healthz /livez /readyz /version /version/")),
        ClusterRole("system:service-account-issuer-discovery",
            Urls("get", "/.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks /openid/v1/jwks/")),
        Aggregated("view", into: "edit"),
    ];

    private static IEnumerable<JsonObject> ClusterRoleBindings() =>
    [
        ClusterRoleBinding("cluster-admin", ("Group", "system:masters")),
        ClusterRoleBinding("system:basic-user", ("Group", "system:authenticated")),
        ClusterRoleBinding("system:discovery", ("Group", "system:authenticated")),
        ClusterRoleBinding("system:monitoring", ("Group", "system:monitoring")),
        ClusterRoleBinding("system:public-info-viewer", ("Group", "system:authenticated"), ("Group", "system:unauthenticated")),
        ClusterRoleBinding("system:service-account-issuer-discovery", ("Group", "system:serviceaccounts")),
    ];

    /// <summary>Lets a delegating API server read how clients of this one are authenticated.</summary>
    private static JsonObject AuthenticationReader() => new()
    {
        ["apiVersion"] = ApiVersion,
        ["kind"] = "Role",
        ["metadata"] = NamespacedMetadata("extension-apiserver-authentication-reader", "kube-system"),
        ["rules"] = new JsonArray(Rule("get list watch", "core", "configmaps", names: "extension-apiserver-authentication")),
    };

    private static JsonObject NamespacedMetadata(string name, string ns)
    {
        var metadata = Metadata(name, null);
        metadata.Insert(1, "namespace", ns);
        return metadata;
    }
}
