using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds.Defaulting;
using Flotilla.ApiServer.Kinds.Workloads;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Services;

/// <summary>What holds for every Service.</summary>
internal static class ServiceValidation
{
    private const int LongestAffinitySeconds = 86400;

    public static bool IsHeadless(JsonObject spec) => spec.Array("clusterIPs") is [var only] && only.AsStringOrNull() == "None";

    public static bool NeedsHealthCheck(JsonObject spec) => spec.Text("type") == "LoadBalancer" && spec.Text("externalTrafficPolicy") == "Local";

    public static void Check(FieldProblems problems, JsonObject obj)
    {
        var (path, spec) = (FieldPath.Spec, obj.Object("spec") ?? []);
        var (type, headless) = (spec.Text("type"), IsHeadless(spec));
        if (spec.Length("ports") == 0 && !headless && type != "ExternalName")
            problems.Required(path["ports"]);
        if (type is "LoadBalancer" or "NodePort" && headless)
            problems.Invalid(path["clusterIPs"][0], "None", $"may not be set to 'None' for {type} services");
        if (type == "ExternalName")
            ExternalName(problems, path, spec);
        Ports(problems, path, spec);
        LabelRules.Labels(problems, path["selector"], spec.Object("selector"));
        problems.RequiredOneOf(path["sessionAffinity"], spec.Text("sessionAffinity"), "ClientIP", "None");
        Affinity(problems, path["sessionAffinityConfig"], spec);
        Addresses(problems, spec);
        foreach (var (at, ip) in spec.EachText("externalIPs", path))
            IpRules.CheckNonSpecial(problems, at, ip);
        problems.RequiredOneOf(path["type"], type, "ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
        SourceRanges(problems, path["LoadBalancerSourceRanges"], spec);
        if (spec.Has("allocateLoadBalancerNodePorts") && type != "LoadBalancer")
            problems.Forbidden(path["allocateLoadBalancerNodePorts"], "may only be used when `type` is 'LoadBalancer'");
        if (type == "LoadBalancer" && !spec.Has("allocateLoadBalancerNodePorts"))
            problems.Required(FieldPath.Of("allocateLoadBalancerNodePorts"));
        LoadBalancerClass(problems, path["loadBalancerClass"], spec);
        ExternalTraffic(problems, path, spec);
        if (spec.Has("internalTrafficPolicy"))
            problems.OneOf(path["internalTrafficPolicy"], spec.Text("internalTrafficPolicy"), "Cluster", "Local");
        else if (type is "NodePort" or "LoadBalancer" or "ClusterIP")
            problems.Required(path["internalTrafficPolicy"]);
        if (spec.Has("trafficDistribution"))
            problems.OneOf(path["trafficDistribution"], spec.Text("trafficDistribution"), "PreferClose", "PreferSameZone", "PreferSameNode");
    }

    /// <summary>Cluster IPs and families must fit together; also checked before addresses are given.</summary>
    public static void Addresses(FieldProblems problems, JsonObject spec)
    {
        if (spec.Text("type") == "ExternalName")
            return;
        var path = FieldPath.Spec;
        var (ip, ips, at) = (spec.Text("clusterIP"), spec.Texts("clusterIPs").ToList(), path["clusterIPs"]);
        if (ip.Length > 0 && ips.Count == 0)
            problems.Required(at);
        else if (ip.Length > 0 && ips[0] != ip)
            problems.Invalid(at, spec.Member("clusterIPs"), "first value must match `clusterIP`");
        else if (ip.Length == 0 && ips.Count > 0)
            problems.Invalid(at, spec.Member("clusterIPs"), "must be empty when `clusterIP` is not specified");

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (familyAt, family) in spec.EachText("ipFamilies", path))
        {
            problems.OneOf(familyAt, family, "IPv4", "IPv6");
            if (!seen.Add(family))
                problems.Duplicate(familyAt, family);
        }
        if (spec.Has("ipFamilyPolicy"))
            problems.OneOf(path["ipFamilyPolicy"], spec.Text("ipFamilyPolicy"), "PreferDualStack", "RequireDualStack", "SingleStack");

        var before = problems.Count;
        for (var i = 0; i < ips.Count; i++)
        {
            if (i > 0 || ips[i] != "None")
                IpRules.Check(problems, at[i], ips[i]);
            else if (ips.Count > 1)
                problems.Invalid(at, spec.Member("clusterIPs"), "'None' must be the first and only value");
        }
        var wrong = problems.Count > before;
        if (ips.Count > 2)
            problems.Invalid(at, spec.Member("clusterIPs"), "may only hold up to 2 values");
        if (wrong)
            return;
        if (ips.Count > 1 && (ips.All(IpRules.IsV6) || !ips.Any(IpRules.IsV6)))
            problems.Invalid(at, spec.Member("clusterIPs"), "may specify no more than one IP for each IP family");
        if (IsHeadless(spec))
            return;
        var families = spec.Texts("ipFamilies").ToList();
        for (var i = 0; i < Math.Min(ips.Count, families.Count); i++)
        {
            if (families[i] is "IPv4" or "IPv6" && (families[i] == "IPv6") != IpRules.IsV6(ips[i]))
                problems.Invalid(at[i], ips[i], $"expected an {families[i]} value as indicated by `ipFamilies[{i}]`");
        }
    }

    public static void LoadBalancerClass(FieldProblems problems, FieldPath path, JsonObject spec)
    {
        if (!spec.Has("loadBalancerClass"))
            return;
        if (spec.Text("type") == "LoadBalancer")
            problems.Invalid(path, spec.Text("loadBalancerClass"), Names.QualifiedNameProblems(spec.Text("loadBalancerClass")));
        else
            problems.Forbidden(path, "may only be used when `type` is 'LoadBalancer'");
    }

    private static void ExternalName(FieldProblems problems, FieldPath path, JsonObject spec)
    {
        foreach (var field in (ReadOnlySpan<string>)["clusterIPs", "ipFamilies", "ipFamilyPolicy"])
        {
            if (spec.Has(field))
                problems.Forbidden(path[field], "may not be set for ExternalName services");
        }
        var name = spec.Text("externalName");
        name = name.EndsWith('.') ? name[..^1] : name;
        if (name.Length == 0)
            problems.Required(path["externalName"]);
        else
            problems.Invalid(path["externalName"], name, Names.DnsSubdomainProblems(name));
    }

    private static void Ports(FieldProblems problems, FieldPath path, JsonObject spec)
    {
        var ports = spec.Each("ports", path).ToList();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (at, port) in ports)
        {
            var name = port.Text("name");
            if (name.Length == 0 && ports.Count > 1)
                problems.Required(at["name"]);
            if (name.Length > 0)
            {
                problems.Invalid(at["name"], name, Names.DnsLabelProblems(name));
                if (!names.Add(name))
                    problems.Duplicate(at["name"], name);
            }
            problems.InRange(at["port"], port.Member("port"), 1, 65535);
            problems.RequiredOneOf(at["protocol"], port.Text("protocol"), "SCTP", "TCP", "UDP");
            ProbeValidation.Port(problems, at["targetPort"], port.Member("targetPort"));
            if (port.Has("appProtocol"))
                problems.Invalid(at["appProtocol"], port.Text("appProtocol"), Names.QualifiedNameProblems(port.Text("appProtocol")));
            if (spec.Text("type") == "ClusterIP" && port.Number("nodePort") != 0)
                problems.Forbidden(at["nodePort"], "may not be used when `type` is 'ClusterIP'");
        }
        var (nodePorts, pairs) = (new HashSet<(string, long)>(), new HashSet<(string, long)>());
        foreach (var (at, port) in ports)
        {
            if (port.Number("nodePort") is not 0 and var number && !nodePorts.Add((port.Text("protocol"), number)))
                problems.Duplicate(at["nodePort"], number);
        }
        foreach (var (at, port) in ports)
        {
            if (!pairs.Add((port.Text("protocol"), port.Number("port"))))
                problems.Duplicate(at, InGo(port));
        }
    }

    private static void Affinity(FieldProblems problems, FieldPath path, JsonObject spec)
    {
        const string needed = "when session affinity type is ClientIP";
        var config = spec.Object("sessionAffinityConfig");
        if (spec.Text("sessionAffinity") != "ClientIP")
        {
            if (spec.Text("sessionAffinity") == "None" && config is not null)
                problems.Forbidden(path, "must not be set when session affinity is None");
        }
        else if (config is null)
            problems.Required(path, needed);
        else if (config.Object("clientIP") is not { } client)
            problems.Required(path["clientIP"], needed);
        else if (!client.Has("timeoutSeconds"))
            problems.Required(path["clientIP"]["timeoutSeconds"], needed);
        else if (client.Number("timeoutSeconds") is <= 0 or > LongestAffinitySeconds)
            problems.Invalid(path["clientIP"]["timeoutSeconds"], client.Member("timeoutSeconds"), $"must be greater than 0 and less than {LongestAffinitySeconds}");
    }

    private static void SourceRanges(FieldProblems problems, FieldPath path, JsonObject spec)
    {
        if (spec.Length("loadBalancerSourceRanges") == 0)
            return;
        if (spec.Text("type") != "LoadBalancer")
            problems.Forbidden(path, "may only be used when `type` is 'LoadBalancer'");
        var i = 0;
        foreach (var range in spec.Texts("loadBalancerSourceRanges"))
            IpRules.CheckNetwork(problems, path[i++], range.Trim());
    }

    private static void ExternalTraffic(FieldProblems problems, FieldPath path, JsonObject spec)
    {
        var policy = spec.Text("externalTrafficPolicy");
        if (ServiceDefaults.IsExternallyAccessible(spec))
            problems.RequiredOneOf(path["externalTrafficPolicy"], policy, "Cluster", "Local");
        else if (policy.Length > 0)
            problems.Invalid(path["externalTrafficPolicy"], policy, "may only be set for externally-accessible services");

        var port = spec.Number("healthCheckNodePort");
        if (NeedsHealthCheck(spec))
        {
            if (port == 0)
                problems.Required(path["healthCheckNodePort"]);
            else
                problems.InRange(path["healthCheckNodePort"], spec.Member("healthCheckNodePort"), 1, 65535);
        }
        else if (port != 0)
            problems.Invalid(path["healthCheckNodePort"], port, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
    }

    /// <summary>A port by its protocol and number, as Go prints the type.</summary>
    private static JsonObject InGo(JsonNode? port) => new()
    {
        ["Name"] = "",
        ["Protocol"] = port.Text("protocol"),
        ["AppProtocol"] = null,
        ["Port"] = port.Number("port"),
        ["TargetPort"] = 0L,
        ["NodePort"] = 0L,
    };
}
