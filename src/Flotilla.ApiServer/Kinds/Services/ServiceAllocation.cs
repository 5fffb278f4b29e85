using System.Text.Json.Nodes;
using Flotilla.ApiServer.Lifecycle;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Services;

/// <summary>
/// What one write of a Service takes from a <see cref="ServiceNetwork"/>. The cluster has one family of addresses, IPv4.
/// </summary>
internal sealed class ServiceAllocation : IReservation
{
    private readonly ServiceNetwork network;
    private readonly List<string> addresses = [];
    private readonly List<(string Protocol, long Port)> ports = [];
    private readonly JsonObject? old;
    private JsonObject spec = [];

    private ServiceAllocation(ServiceNetwork network, JsonObject? old)
    {
        this.network = network;
        this.old = old;
    }

    /// <summary>
    /// Gives a prepared Service what it needs and does not have. Problems end the write (they are all that clients see); then nothing is taken.
    /// </summary>
    /// <param name="service">The Service; filled in place.</param>
    /// <param name="old">The stored one; null for a create.</param>
    /// <param name="network">Where to take from.</param>
    /// <param name="problems">Gets what is wrong.</param>
    public static ServiceAllocation Reserve(JsonObject service, JsonObject? old, ServiceNetwork network, FieldProblems problems)
    {
        var allocation = new ServiceAllocation(network, old?.Object("spec")) { spec = service.ObjectOrNew("spec") };
        if (allocation.spec.Text("type") != "ExternalName")
        {
            ServiceValidation.Addresses(problems, allocation.spec);
            if (problems.Count == 0)
                allocation.Families(problems);
            if (problems.Count == 0)
                allocation.Address(problems);
            if (problems.Count == 0)
                allocation.NodePorts(problems);
            if (problems.Count == 0)
                allocation.HealthCheckPort(problems);
        }
        if (problems.Count > 0)
            allocation.Dispose();
        return allocation;
    }

    /// <summary>Takes what a stored Service has (at start).</summary>
    public static void Occupy(JsonObject service, ServiceNetwork network)
    {
        var spec = service.Object("spec") ?? [];
        foreach (var ip in Addresses(spec))
            network.TakeAddress(ip);
        foreach (var (protocol, port) in Ports(spec))
            network.TakePort(protocol, port);
    }

    /// <summary>Gives back what a deleted Service had.</summary>
    public static void Release(JsonObject service, ServiceNetwork network)
    {
        var spec = service.Object("spec") ?? [];
        foreach (var ip in Addresses(spec))
            network.ReleaseAddress(ip);
        foreach (var (protocol, port) in Ports(spec))
            network.ReleasePort(protocol, port);
    }

    public void Commit()
    {
        foreach (var ip in Addresses(old).Except(Addresses(spec)))
            network.ReleaseAddress(ip);
        foreach (var (protocol, port) in Ports(old).Except(Ports(spec)))
            network.ReleasePort(protocol, port);
        addresses.Clear();
        ports.Clear();
    }

    public void Dispose()
    {
        foreach (var ip in addresses)
            network.ReleaseAddress(ip);
        foreach (var (protocol, port) in ports)
            network.ReleasePort(protocol, port);
        addresses.Clear();
        ports.Clear();
    }

    private static IEnumerable<string> Addresses(JsonObject? spec) => spec.Texts("clusterIPs").Where(ip => ip != "None");

    private static IEnumerable<(string Protocol, long Port)> Ports(JsonObject? spec)
    {
        foreach (var port in spec.Array("ports") ?? [])
        {
            if (port.Number("nodePort") is not 0 and var number)
                yield return (port.Text("protocol"), number);
        }
        if (spec.Number("healthCheckNodePort") is not 0 and var health)
            yield return ("TCP", health);
    }

    private void Families(FieldProblems problems)
    {
        var path = FieldPath.Spec;
        var families = spec.Texts("ipFamilies").ToList();
        if (ServiceValidation.IsHeadless(spec) && spec.Object("selector") is not { Count: > 0 })
        {
            // Nobody knows which families its endpoints will have.
            if (!spec.Has("ipFamilyPolicy"))
                spec["ipFamilyPolicy"] = families.Count == 1 ? "SingleStack" : "RequireDualStack";
            if (families.Count == 0)
                spec["ipFamilies"] = spec.Text("ipFamilyPolicy") == "SingleStack" ? new JsonArray("IPv4") : new JsonArray("IPv4", "IPv6");
            else if (families.Count == 1 && spec.Text("ipFamilyPolicy") != "SingleStack")
                spec.Array("ipFamilies")!.Add((JsonNode)(families[0] == "IPv4" ? "IPv6" : "IPv4"));
            return;
        }
        if (spec.Text("ipFamilyPolicy") == "RequireDualStack" && !JsonNodeExtensions.DeepEquals(spec.Member("ipFamilyPolicy"), old.Member("ipFamilyPolicy")))
            problems.Invalid(path["ipFamilyPolicy"], "RequireDualStack", "this cluster is not configured for dual-stack services");
        if (families.Count > 1 && spec.Text("ipFamilyPolicy") == "SingleStack")
            problems.Invalid(path["ipFamilyPolicy"], "SingleStack", "must be RequireDualStack or PreferDualStack when multiple 'ipFamilies' are specified");
        for (var i = 0; i < families.Count; i++)
        {
            if (families[i] == "IPv6")
                problems.Invalid(path["ipFamilies"][i], "IPv6", "not configured on this cluster");
        }
        if (problems.Count > 0)
            return;
        if (!spec.Has("ipFamilyPolicy"))
            spec["ipFamilyPolicy"] = "SingleStack";
        if (families.Count == 0)
        {
            var v6 = Addresses(spec).Select(IpRules.IsV6).FirstOrDefault();
            if (v6)
                problems.Invalid(path["ipFamilies"][0], "IPv6", "not configured on this cluster");
            else
                spec["ipFamilies"] = new JsonArray("IPv4");
        }
    }

    private void Address(FieldProblems problems)
    {
        // One that it has stays; validation tells who tries to change it.
        if (ServiceValidation.IsHeadless(spec) || Addresses(old).Any())
            return;
        foreach (var ip in Addresses(spec))
        {
            if (network.TakeAddress(ip) is { } problem)
            {
                problems.Invalid(FieldPath.Spec["clusterIPs"], spec.Member("clusterIPs"), $"failed to allocate IP {ip}: {problem}");
                return;
            }
            addresses.Add(ip);
        }
        if (spec.Length("clusterIPs") > 0)
            return;
        if (network.TakeAnyAddress() is not { } given)
        {
            problems.Invalid(FieldPath.Spec["clusterIPs"], new JsonArray(), "failed to allocate a serviceIP: range is full");
            return;
        }
        addresses.Add(given);
        spec["clusterIP"] = given;
        spec["clusterIPs"] = new JsonArray(given);
    }

    private void NodePorts(FieldProblems problems)
    {
        var type = spec.Text("type");
        var gives = type == "NodePort" || (type == "LoadBalancer" && spec.Member("allocateLoadBalancerNodePorts").AsBoolOrNull() != false);
        if (type is not ("NodePort" or "LoadBalancer"))
            return;
        var had = Ports(old).ToHashSet();
        // Two protocols of one port share a node port.
        var byPort = new Dictionary<long, long>();
        foreach (var (_, port) in spec.Each("ports", FieldPath.Spec))
        {
            if (port.Number("nodePort") is not 0 and var asked)
                byPort.TryAdd(port.Number("port"), asked);
        }
        foreach (var (at, item) in spec.Each("ports", FieldPath.Spec))
        {
            var port = (JsonObject)item!;
            var (protocol, number) = (port.Text("protocol"), port.Number("nodePort"));
            if (number == 0 && !gives)
                continue;
            if (number == 0 && byPort.TryGetValue(port.Number("port"), out var shared))
                number = shared;
            if (number == 0)
            {
                if (network.TakeAnyPort(protocol) is not { } given)
                {
                    problems.Invalid(at["nodePort"], 0, "failed to allocate a nodePort: range is full");
                    return;
                }
                number = given;
                ports.Add((protocol, number));
            }
            else if (!had.Contains((protocol, number)) && !ports.Contains((protocol, number)))
            {
                if (network.TakePort(protocol, number) is { } problem)
                {
                    problems.Invalid(at["nodePort"], number, problem);
                    return;
                }
                ports.Add((protocol, number));
            }
            byPort[port.Number("port")] = number;
            port["nodePort"] = number;
        }
    }

    private void HealthCheckPort(FieldProblems problems)
    {
        if (!ServiceValidation.NeedsHealthCheck(spec))
            return;
        var number = spec.Number("healthCheckNodePort");
        if (number != 0 && old.Number("healthCheckNodePort") == number)
            return;
        if (number != 0)
        {
            if (network.TakePort("TCP", number) is { } problem)
            {
                problems.Invalid(FieldPath.Spec["ports"], number, problem);
                return;
            }
        }
        else if (network.TakeAnyPort("TCP") is { } given)
            number = given;
        ports.Add(("TCP", number));
        spec["healthCheckNodePort"] = number;
    }
}
