using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Defaulting;

/// <summary>Services and what belongs to the network.</summary>
internal static class ServiceDefaults
{
    private const long ClientIpTimeoutSeconds = 10800;

    public static readonly Dictionary<string, Action<JsonObject>> Rules = new()
    {
        ["api.core.v1.Service"] = Service,
        ["api.core.v1.EndpointPort"] = port => port.SetMissing("protocol", "TCP"),
        ["api.discovery.v1.EndpointPort"] = port =>
        {
            port.SetMissing("name", "");
            port.SetMissing("protocol", "TCP");
        },
        ["api.networking.v1.NetworkPolicyPort"] = port => port.SetMissing("protocol", "TCP"),
        ["api.networking.v1.NetworkPolicy"] = NetworkPolicy,
        ["api.networking.v1.IngressClassParametersReference"] = reference => reference.SetMissing("scope", "Cluster"),
    };

    /// <summary>Whether a Service is reached from outside by its type or by external IPs.</summary>
    public static bool IsExternallyAccessible(JsonObject? spec) =>
        spec.String("type") is "LoadBalancer" or "NodePort" || (spec.String("type") == "ClusterIP" && spec.Array("externalIPs") is { Count: > 0 });

    private static void Service(JsonObject service)
    {
        var spec = service.ObjectOrNew("spec");
        Affinity(spec);
        spec.SetMissing("type", "ClusterIP");
        foreach (var port in (spec.Array("ports") ?? []).OfType<JsonObject>())
            Port(port);
        if (IsExternallyAccessible(spec))
            spec.SetMissing("externalTrafficPolicy", "Cluster");
        if (spec.String("type") is "NodePort" or "LoadBalancer" or "ClusterIP")
            spec.SetMissing("internalTrafficPolicy", "Cluster");
        if (spec.String("type") != "LoadBalancer")
            return;
        spec.SetMissing("allocateLoadBalancerNodePorts", true);
        foreach (var ingress in (service.Object("status").Object("loadBalancer").Array("ingress") ?? []).OfType<JsonObject>())
        {
            if (ingress.String("ip") is { Length: > 0 })
                ingress.SetMissing("ipMode", "VIP");
        }
    }

    private static void Affinity(JsonObject spec)
    {
        spec.SetMissing("sessionAffinity", "None");
        if (spec.String("sessionAffinity") == "None")
            spec.Remove("sessionAffinityConfig");
        if (spec.String("sessionAffinity") == "ClientIP" && spec.Object("sessionAffinityConfig").Object("clientIP").Member("timeoutSeconds") is null)
            spec["sessionAffinityConfig"] = new JsonObject { ["clientIP"] = new JsonObject { ["timeoutSeconds"] = ClientIpTimeoutSeconds } };
    }

    private static void Port(JsonObject port)
    {
        port.SetMissing("protocol", "TCP");
        var target = port.Member("targetPort");
        if (target is null || target.AsInt64OrNull() == 0 || target.AsStringOrNull() is { Length: 0 })
            port["targetPort"] = port.Member("port").AsInt64OrNull() ?? 0;
    }

    private static void NetworkPolicy(JsonObject policy)
    {
        var spec = policy.ObjectOrNew("spec");
        if (spec.Array("policyTypes") is { Count: > 0 })
            return;
        var types = new JsonArray("Ingress");
        if (spec.Array("egress") is { Count: > 0 })
            types.Add((JsonNode)"Egress");
        spec["policyTypes"] = types;
    }
}
