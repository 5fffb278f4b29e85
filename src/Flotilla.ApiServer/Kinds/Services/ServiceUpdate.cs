using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds.Defaulting;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Services;

/// <summary>Changes of Services: what was allocated stays, what a new type has no use for goes, the rest is refused.</summary>
internal static class ServiceUpdate
{
    private const string Once = "may not change once set";

    public static void Prepare(JsonObject spec, JsonObject old)
    {
        KeepAllocated(spec, old);
        Normalize(spec, old);
        DropUnused(spec, old);
    }

    public static void Check(FieldProblems problems, JsonObject spec, JsonObject old)
    {
        var path = FieldPath.Spec;
        if (spec.Text("type") != "ExternalName" && old.Text("type") != "ExternalName")
        {
            var (headless, wasHeadless) = (ServiceValidation.IsHeadless(spec), ServiceValidation.IsHeadless(old));
            if (!headless || !wasHeadless)
                Primary(problems, path, spec, old, "clusterIPs", "clusterIP");
            if (!headless && !wasHeadless)
                Primary(problems, path, spec, old, "ipFamilies", "ipFamily");
        }
        if (spec.Text("type") == "LoadBalancer" && old.Text("type") == "LoadBalancer")
            problems.Unchanged(path["loadBalancerClass"], spec.Member("loadBalancerClass"), old.Member("loadBalancerClass"), Once);
        ServiceValidation.LoadBalancerClass(problems, path["loadBalancerClass"], spec);
        if (ServiceValidation.NeedsHealthCheck(spec) && ServiceValidation.NeedsHealthCheck(old) && spec.Number("healthCheckNodePort") != old.Number("healthCheckNodePort"))
            problems.Forbidden(path["healthCheckNodePort"], FieldProblems.Immutable);
    }

    private static bool NeedsClusterIp(JsonObject spec) => spec.Text("type") is "ClusterIP" or "NodePort" or "LoadBalancer";

    private static bool NeedsNodePort(JsonObject spec) =>
        spec.Text("type") == "NodePort" || (spec.Text("type") == "LoadBalancer" && spec.Member("allocateLoadBalancerNodePorts").AsBoolOrNull() != false);

    private static void KeepAllocated(JsonObject spec, JsonObject old)
    {
        if (NeedsClusterIp(spec) && NeedsClusterIp(old))
        {
            if (spec.Text("clusterIP").Length == 0)
                spec.CopyFrom(old, "clusterIP");
            if (spec.Length("clusterIPs") == 0 && spec.Text("clusterIP") == old.Text("clusterIP"))
                spec.CopyFrom(old, "clusterIPs");
        }
        if (NeedsNodePort(spec) && NeedsNodePort(old))
            KeepNodePorts(spec, old);
        if (ServiceValidation.NeedsHealthCheck(spec) && ServiceValidation.NeedsHealthCheck(old) && spec.Number("healthCheckNodePort") == 0)
            spec.CopyFrom(old, "healthCheckNodePort");
    }

    private static void KeepNodePorts(JsonObject spec, JsonObject old)
    {
        var byName = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var port in old.Array("ports") ?? [])
            byName[port.Text("name")] = port.Number("nodePort");
        var used = (spec.Array("ports") ?? []).Select(port => port.Number("nodePort")).Where(number => number != 0).ToHashSet();
        used.IntersectWith(byName.Values);
        foreach (var port in (spec.Array("ports") ?? []).OfType<JsonObject>())
        {
            if (port.Number("nodePort") == 0 && byName.TryGetValue(port.Text("name"), out var number) && number != 0 && used.Add(number))
                port["nodePort"] = number;
        }
    }

    /// <summary>Brings the one address and the list of them together for clients that know only one of the fields.</summary>
    private static void Normalize(JsonObject spec, JsonObject old)
    {
        var (ip, oldIp) = (spec.Text("clusterIP"), old.Text("clusterIP"));
        if (old.Length("clusterIPs") > 0 && spec.Length("clusterIPs") == 0 && ip == oldIp)
            spec.CopyFrom(old, "clusterIPs");
        if (ip == oldIp || !JsonNodeExtensions.DeepEquals(spec.Member("clusterIPs"), old.Member("clusterIPs")))
            return;
        if (ip.Length == 0)
            spec.Remove("clusterIPs");
        else
            spec["clusterIPs"] = new JsonArray(ip);
    }

    /// <summary>Drops what the new type does not use, unless the client changed it (then validation tells).</summary>
    private static void DropUnused(JsonObject spec, JsonObject old)
    {
        if (NeedsClusterIp(old) && !NeedsClusterIp(spec))
        {
            if (Same(spec, old, "clusterIP") && Same(spec, old, "clusterIPs"))
            {
                spec.Remove("clusterIP");
                spec.Remove("clusterIPs");
            }
            DropIfSame(spec, old, "ipFamilies");
            DropIfSame(spec, old, "ipFamilyPolicy");
        }
        if (NeedsNodePort(old) && !NeedsNodePort(spec) && NodePorts(spec).SetEquals(NodePorts(old)))
        {
            foreach (var port in (spec.Array("ports") ?? []).OfType<JsonObject>())
                port.Remove("nodePort");
        }
        if (ServiceValidation.NeedsHealthCheck(old) && !ServiceValidation.NeedsHealthCheck(spec))
            DropIfSame(spec, old, "healthCheckNodePort");
        if (old.Text("type") == "LoadBalancer" && spec.Text("type") != "LoadBalancer")
        {
            DropIfSame(spec, old, "allocateLoadBalancerNodePorts");
            DropIfSame(spec, old, "loadBalancerClass");
        }
        if (ServiceDefaults.IsExternallyAccessible(old) && !ServiceDefaults.IsExternallyAccessible(spec))
            DropIfSame(spec, old, "externalTrafficPolicy");
    }

    private static HashSet<long> NodePorts(JsonObject spec) => [.. (spec.Array("ports") ?? []).Select(port => port.Number("nodePort")).Where(number => number != 0)];

    private static bool Same(JsonObject spec, JsonObject old, string field) => JsonNodeExtensions.DeepEquals(spec.Member(field), old.Member(field));

    private static void DropIfSame(JsonObject spec, JsonObject old, string field)
    {
        if (Same(spec, old, field))
            spec.Remove(field);
    }

    /// <summary>The first address or family stays; a second may come, and go when the policy says so.</summary>
    private static void Primary(FieldProblems problems, FieldPath path, JsonObject spec, JsonObject old, string field, string shown)
    {
        var (now, before) = (spec.Texts(field).ToList(), old.Texts(field).ToList());
        if (now.Count == before.Count)
        {
            for (var i = 0; i < now.Count; i++)
            {
                if (now[i] != before[i])
                    problems.Invalid(path[field][field == "clusterIPs" ? i : 0], spec.Member(field), Once);
            }
            return;
        }
        if (now.Count < before.Count && spec.Length("clusterIPs") == 0)
            problems.Invalid(path[field][0], spec.Member(field), $"primary {shown} can not be unset");
        if (now.Count > 0 && before.Count > 0 && now[0] != before[0])
            problems.Invalid(path[field][0], spec.Member(field), Once);
        if (now.Count == 1 && before.Count > 1 && spec.Text("ipFamilyPolicy") != "SingleStack")
            problems.Invalid(path["ipFamilyPolicy"], spec.Member("ipFamilyPolicy"), $"must be set to 'SingleStack' when releasing the secondary {shown}");
    }
}
