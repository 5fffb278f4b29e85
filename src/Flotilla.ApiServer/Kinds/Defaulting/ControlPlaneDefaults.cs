using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Defaulting;

/// <summary>RBAC, priorities, flow control, device requests.</summary>
internal static class ControlPlaneDefaults
{
    private const string RbacGroup = "rbac.authorization.k8s.io";

    public static readonly Dictionary<string, Action<JsonObject>> Rules = new()
    {
        ["api.rbac.v1.RoleRef"] = reference => reference.SetEmpty("apiGroup", RbacGroup),
        ["api.rbac.v1.Subject"] = subject =>
        {
            if (subject.String("kind") is "User" or "Group")
                subject.SetMissing("apiGroup", RbacGroup);
        },
        ["api.scheduling.v1.PriorityClass"] = priority => priority.SetMissing("preemptionPolicy", "PreemptLowerPriority"),
        ["api.flowcontrol.v1.FlowSchemaSpec"] = spec => spec.SetZero("matchingPrecedence", 1000),
        ["api.flowcontrol.v1.ExemptPriorityLevelConfiguration"] = level => Shares(level, 0),
        ["api.flowcontrol.v1.LimitedPriorityLevelConfiguration"] = level => Shares(level, 30),
        ["api.flowcontrol.v1.QueuingConfiguration"] = queuing =>
        {
            queuing.SetZero("handSize", 8);
            queuing.SetZero("queues", 64);
            queuing.SetZero("queueLengthLimit", 50);
        },
        ["api.resource.v1.ExactDeviceRequest"] = DeviceCount,
        ["api.resource.v1.DeviceSubRequest"] = DeviceCount,
    };

    private static void Shares(JsonObject level, long shares)
    {
        level.SetMissing("nominalConcurrencyShares", shares);
        level.SetMissing("lendablePercent", 0);
    }

    private static void DeviceCount(JsonObject request)
    {
        request.SetMissing("allocationMode", "ExactCount");
        if (request.String("allocationMode") == "ExactCount")
            request.SetMissing("count", 1);
    }
}
