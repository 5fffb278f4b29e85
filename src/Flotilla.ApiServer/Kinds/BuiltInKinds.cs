using System.Collections.Frozen;
using Flotilla.ApiServer.CustomResources;
using Flotilla.ApiServer.Kinds.Autoscaling;
using Flotilla.ApiServer.Kinds.ControlPlane;
using Flotilla.ApiServer.Kinds.Core;
using Flotilla.ApiServer.Kinds.Networking;
using Flotilla.ApiServer.Kinds.Policy;
using Flotilla.ApiServer.Kinds.Rbac;
using Flotilla.ApiServer.Kinds.Registration;
using Flotilla.ApiServer.Kinds.Services;
using Flotilla.ApiServer.Kinds.Storage;
using Flotilla.ApiServer.Kinds.Workloads;

namespace Flotilla.ApiServer.Kinds;

/// <summary>The rules of every kind that Kubernetes itself has.</summary>
internal static class BuiltInKinds
{
    private const string Admission = "admissionregistration.k8s.io";
    private const string Devices = "resource.k8s.io";
    private const string Networking = "networking.k8s.io";
    private const string Rbac = "rbac.authorization.k8s.io";
    private const string Storage = "storage.k8s.io";

    private static readonly BuiltInKind Plain = new();

    private static readonly FrozenDictionary<(string Group, string Kind), KindRules> Rules = new Dictionary<(string, string), KindRules>
    {
        [("", "ComponentStatus")] = new ComponentStatusKind(),
        [("", "ConfigMap")] = new ConfigMapKind(),
        [("", "Endpoints")] = new EndpointsKind(),
        [("", "Event")] = new EventKind(strict: false),
        [("", "LimitRange")] = new LimitRangeKind(),
        [("", "Namespace")] = new NamespaceKind(),
        [("", "Node")] = new NodeKind(),
        [("", "PersistentVolume")] = new PersistentVolumeKind(),
        [("", "PersistentVolumeClaim")] = new PersistentVolumeClaimKind(),
        [("", "Pod")] = new PodKind(),
        [("", "PodTemplate")] = new PodTemplateKind(),
        [("", "ReplicationController")] = new ReplicationControllerKind(),
        [("", "ResourceQuota")] = new ResourceQuotaKind(),
        [("", "Secret")] = new SecretKind(),
        [("", "Service")] = new ServiceKind(),
        [("", "ServiceAccount")] = new ServiceAccountKind(),
        [(Admission, "MutatingAdmissionPolicy")] = new AdmissionPolicyKind(mutating: true),
        [(Admission, "MutatingAdmissionPolicyBinding")] = new PolicyBindingKind(mutating: true),
        [(Admission, "MutatingWebhookConfiguration")] = new WebhookConfigurationKind(mutating: true),
        [(Admission, "ValidatingAdmissionPolicy")] = new AdmissionPolicyKind(mutating: false),
        [(Admission, "ValidatingAdmissionPolicyBinding")] = new PolicyBindingKind(mutating: false),
        [(Admission, "ValidatingWebhookConfiguration")] = new WebhookConfigurationKind(mutating: false),
        [("apiextensions.k8s.io", "CustomResourceDefinition")] = new CustomResourceDefinitionRules(),
        [("apiregistration.k8s.io", "APIService")] = new ApiServiceKind(),
        [("apps", "ControllerRevision")] = new ControllerRevisionKind(),
        [("apps", "DaemonSet")] = new DaemonSetKind(),
        [("apps", "Deployment")] = new DeploymentKind(),
        [("apps", "ReplicaSet")] = new ReplicaSetKind(),
        [("apps", "StatefulSet")] = new StatefulSetKind(),
        [("autoscaling", "HorizontalPodAutoscaler")] = new AutoscalerKind(),
        [("batch", "CronJob")] = new CronJobKind(),
        [("batch", "Job")] = new JobKind(),
        [("certificates.k8s.io", "CertificateSigningRequest")] = new SigningRequestKind(),
        [("coordination.k8s.io", "Lease")] = new LeaseKind(),
        [("discovery.k8s.io", "EndpointSlice")] = new EndpointSliceKind(),
        [("events.k8s.io", "Event")] = new EventKind(strict: true),
        [("flowcontrol.apiserver.k8s.io", "FlowSchema")] = new FlowSchemaKind(),
        [("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration")] = new PriorityLevelKind(),
        [(Networking, "Ingress")] = new IngressKind(),
        [(Networking, "IngressClass")] = new IngressClassKind(),
        [(Networking, "IPAddress")] = new IpAddressKind(),
        [(Networking, "NetworkPolicy")] = new NetworkPolicyKind(),
        [(Networking, "ServiceCIDR")] = new ServiceCidrKind(),
        [("node.k8s.io", "RuntimeClass")] = new RuntimeClassKind(),
        [("policy", "PodDisruptionBudget")] = new DisruptionBudgetKind(),
        [(Rbac, "ClusterRole")] = new RoleKind(namespaced: false),
        [(Rbac, "ClusterRoleBinding")] = new RoleBindingKind(namespaced: false),
        [(Rbac, "Role")] = new RoleKind(namespaced: true),
        [(Rbac, "RoleBinding")] = new RoleBindingKind(namespaced: true),
        [(Devices, "DeviceClass")] = new DeviceClassKind(),
        [(Devices, "ResourceClaim")] = new ResourceClaimKind(),
        [(Devices, "ResourceClaimTemplate")] = new ResourceClaimTemplateKind(),
        [(Devices, "ResourceSlice")] = new ResourceSliceKind(),
        [("scheduling.k8s.io", "PriorityClass")] = new PriorityClassKind(),
        [(Storage, "CSIDriver")] = new CsiDriverKind(),
        [(Storage, "CSINode")] = new CsiNodeKind(),
        [(Storage, "CSIStorageCapacity")] = new StorageCapacityKind(),
        [(Storage, "StorageClass")] = new StorageClassKind(),
        [(Storage, "VolumeAttachment")] = new VolumeAttachmentKind(),
        [(Storage, "VolumeAttributesClass")] = new VolumeAttributesClassKind(),
    }.ToFrozenDictionary();

    /// <summary>
    /// The rules of a built-in kind. Kinds that are never stored (reviews, Binding) have none of their own.
    /// </summary>
    public static KindRules Find(string group, string kind) => Rules.GetValueOrDefault((group, kind), Plain);
}
