using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tables.Rows;

/// <summary>The rows of built-in resources, by <c>apiVersion/plural</c>.</summary>
internal static class BuiltInRows
{
    private static readonly FrozenDictionary<string, RowCells> All = new Dictionary<string, RowCells>
    {
        ["v1/componentstatuses"] = ClusterRows.ComponentStatus,
        ["v1/configmaps"] = (o, now) => [o.Name(), o.Count("data") + o.Count("binaryData"), o.Age(now)],
        ["v1/endpoints"] = NetworkRows.Endpoints,
        ["v1/events"] = EventRow.Core,
        ["v1/limitranges"] = NameAndCreation,
        ["v1/namespaces"] = (o, now) => [o.Name(), o.Status().Text("phase"), o.Age(now)],
        ["v1/nodes"] = NodeRow.Cells,
        ["v1/persistentvolumeclaims"] = StorageRows.PersistentVolumeClaim,
        ["v1/persistentvolumes"] = StorageRows.PersistentVolume,
        ["v1/pods"] = PodRow.Cells,
        ["v1/podtemplates"] = WorkloadRows.PodTemplate,
        ["v1/replicationcontrollers"] = WorkloadRows.ReplicationController,
        ["v1/resourcequotas"] = ClusterRows.ResourceQuota,
        ["v1/secrets"] = (o, now) => [o.Name(), o.Text("type"), o.Count("data"), o.Age(now)],
        ["v1/serviceaccounts"] = NameAndAge,
        ["v1/services"] = NetworkRows.Service,
        ["admissionregistration.k8s.io/v1/mutatingadmissionpolicies"] = (o, now) => AccessRows.AdmissionPolicy(o, "mutations", now),
        ["admissionregistration.k8s.io/v1/mutatingadmissionpolicybindings"] = AccessRows.AdmissionPolicyBinding,
        ["admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"] = (o, now) => [o.Name(), o.Count("webhooks"), o.Age(now)],
        ["admissionregistration.k8s.io/v1/validatingadmissionpolicies"] = (o, now) => AccessRows.AdmissionPolicy(o, "validations", now),
        ["admissionregistration.k8s.io/v1/validatingadmissionpolicybindings"] = AccessRows.AdmissionPolicyBinding,
        ["admissionregistration.k8s.io/v1/validatingwebhookconfigurations"] = (o, now) => [o.Name(), o.Count("webhooks"), o.Age(now)],
        ["apiextensions.k8s.io/v1/customresourcedefinitions"] = NameAndCreation,
        ["apiregistration.k8s.io/v1/apiservices"] = ClusterRows.ApiService,
        ["apps/v1/controllerrevisions"] = WorkloadRows.ControllerRevision,
        ["apps/v1/daemonsets"] = WorkloadRows.DaemonSet,
        ["apps/v1/deployments"] = WorkloadRows.Deployment,
        ["apps/v1/replicasets"] = WorkloadRows.ReplicaSet,
        ["apps/v1/statefulsets"] = WorkloadRows.StatefulSet,
        ["autoscaling/v1/horizontalpodautoscalers"] = AutoscalerRow.V1,
        ["autoscaling/v2/horizontalpodautoscalers"] = AutoscalerRow.V2,
        ["batch/v1/cronjobs"] = WorkloadRows.CronJob,
        ["batch/v1/jobs"] = WorkloadRows.Job,
        ["certificates.k8s.io/v1/certificatesigningrequests"] = AccessRows.CertificateSigningRequest,
        ["coordination.k8s.io/v1/leases"] = (o, now) => [o.Name(), o.Spec().Text("holderIdentity"), o.Age(now)],
        ["discovery.k8s.io/v1/endpointslices"] = NetworkRows.EndpointSlice,
        ["events.k8s.io/v1/events"] = EventRow.Events,
        ["flowcontrol.apiserver.k8s.io/v1/flowschemas"] = ClusterRows.FlowSchema,
        ["flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations"] = ClusterRows.PriorityLevel,
        ["networking.k8s.io/v1/ingressclasses"] = NetworkRows.IngressClass,
        ["networking.k8s.io/v1/ingresses"] = NetworkRows.Ingress,
        ["networking.k8s.io/v1/ipaddresses"] = NetworkRows.IpAddress,
        ["networking.k8s.io/v1/networkpolicies"] = (o, now) => [o.Name(), CellText.Selector(o.Spec().Object("podSelector")), o.Age(now)],
        ["networking.k8s.io/v1/servicecidrs"] = (o, now) => [o.Name(), string.Join(",", o.Spec().Strings("cidrs")), o.Age(now)],
        ["node.k8s.io/v1/runtimeclasses"] = (o, now) => [o.Name(), o.Text("handler"), o.Age(now)],
        ["policy/v1/poddisruptionbudgets"] = WorkloadRows.PodDisruptionBudget,
        ["rbac.authorization.k8s.io/v1/clusterrolebindings"] = AccessRows.RoleBinding,
        ["rbac.authorization.k8s.io/v1/clusterroles"] = NameAndCreation,
        ["rbac.authorization.k8s.io/v1/rolebindings"] = AccessRows.RoleBinding,
        ["rbac.authorization.k8s.io/v1/roles"] = NameAndCreation,
        ["resource.k8s.io/v1/deviceclasses"] = NameAndAge,
        ["resource.k8s.io/v1/resourceclaims"] = ClusterRows.ResourceClaim,
        ["resource.k8s.io/v1/resourceclaimtemplates"] = NameAndAge,
        ["resource.k8s.io/v1/resourceslices"] = ClusterRows.ResourceSlice,
        ["scheduling.k8s.io/v1/priorityclasses"] = (o, now) =>
            [o.Name(), o.Number("value"), o.Flag("globalDefault"), o.Age(now), o.Text("preemptionPolicy")],
        ["storage.k8s.io/v1/csidrivers"] = StorageRows.CsiDriver,
        ["storage.k8s.io/v1/csinodes"] = (o, now) => [o.Name(), o.Spec().Count("drivers"), o.Age(now)],
        ["storage.k8s.io/v1/csistoragecapacities"] = NameAndCreation,
        ["storage.k8s.io/v1/storageclasses"] = StorageRows.StorageClass,
        ["storage.k8s.io/v1/volumeattachments"] = StorageRows.VolumeAttachment,
        ["storage.k8s.io/v1/volumeattributesclasses"] = StorageRows.VolumeAttributesClass,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static RowCells? Find(string resource) => All.GetValueOrDefault(resource);

    /// <summary>What resources without a printer of their own show.</summary>
    public static JsonNode?[] NameAndCreation(JsonObject obj, DateTimeOffset now) =>
    [
        obj.Name(),
        (obj.Object("metadata").Time("creationTimestamp") ?? DateTimeOffset.MinValue).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
    ];

    private static JsonNode?[] NameAndAge(JsonObject obj, DateTimeOffset now) => [obj.Name(), obj.Age(now)];
}
