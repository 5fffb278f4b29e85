using System.Globalization;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tables.Rows;

/// <summary>Rows of services and what leads to them.</summary>
internal static class NetworkRows
{
    private const int Shown = 3;

    public static JsonNode?[] Service(JsonObject obj, DateTimeOffset now)
    {
        var spec = obj.Spec();
        var ports = string.Join(",", spec.Items("ports").Select(ServicePort));
        return
        [
            obj.Name(), spec.Text("type"), spec.Strings("clusterIPs").FirstOrDefault() ?? spec.Text("clusterIP", CellText.None), ExternalAddress(obj),
            ports.Length == 0 ? CellText.None : ports, obj.Age(now), CellText.Labels(spec.Object("selector")),
        ];
    }

    public static JsonNode?[] Endpoints(JsonObject obj, DateTimeOffset now)
    {
        var addresses = new List<string>();
        foreach (var subset in obj.Items("subsets"))
        {
            var ips = subset.Items("addresses").Select(a => a.Text("ip"));
            if (subset.Count("ports") == 0)
                addresses.AddRange(ips);
            else
                addresses.AddRange(subset.Items("ports").SelectMany(port => ips.Select(ip => HostPort(ip, port.Number("port")))));
        }
        return [obj.Name(), CellText.Some(addresses, Shown, obj.Count("subsets") == 0 ? CellText.None : ""), obj.Age(now)];
    }

    public static JsonNode?[] EndpointSlice(JsonObject obj, DateTimeOffset now)
    {
        var ports = obj.Items("ports").Select(p => p.Scalar("port") ?? p.String("name") ?? "*").ToList();
        var endpoints = obj.Items("endpoints").SelectMany(e => e.Strings("addresses")).ToList();
        return
        [
            obj.Name(), obj.Text("addressType"), CellText.Some(ports, Shown, CellText.Unset), CellText.Some(endpoints, Shown, CellText.Unset), obj.Age(now),
        ];
    }

    public static JsonNode?[] Ingress(JsonObject obj, DateTimeOffset now) =>
    [
        obj.Name(), obj.Spec().Text("ingressClassName", CellText.None), Hosts(obj.Spec()), BalancerAddresses(obj),
        obj.Spec().Count("tls") > 0 ? "80, 443" : "80", obj.Age(now),
    ];

    public static JsonNode?[] IngressClass(JsonObject obj, DateTimeOffset now)
    {
        var parameters = CellText.None;
        if (obj.Spec().Object("parameters") is { } given)
            parameters = $"{given.Text("kind")}{(given.String("apiGroup") is { } group ? "." + group : "")}/{given.Text("name")}";
        return [obj.Name(), obj.Spec().Text("controller"), parameters, obj.Age(now)];
    }

    public static JsonNode?[] IpAddress(JsonObject obj, DateTimeOffset now)
    {
        if (obj.Spec().Object("parentRef") is not { } parent)
            return [obj.Name(), CellText.None];
        var resource = parent.Text("group") is { Length: > 0 } group ? $"{parent.Text("resource")}.{group}" : parent.Text("resource");
        var space = parent.Text("namespace") is { Length: > 0 } name ? name + "/" : "";
        return [obj.Name(), $"{resource.ToLowerInvariant()}/{space}{parent.Text("name")}"];
    }

    private static string ServicePort(JsonObject port)
    {
        var node = port.Number("nodePort");
        return node > 0 ? $"{port.Number("port")}:{node}/{port.Text("protocol")}" : $"{port.Number("port")}/{port.Text("protocol")}";
    }

    private static string ExternalAddress(JsonObject service)
    {
        var spec = service.Spec();
        var external = string.Join(",", spec.Strings("externalIPs"));
        switch (spec.String("type"))
        {
            case "ClusterIP" or "NodePort":
                return external.Length > 0 ? external : CellText.None;
            case "LoadBalancer":
                var balanced = BalancerAddresses(service);
                if (balanced.Length > 0 && external.Length > 0)
                    return $"{balanced},{external}";
                return balanced.Length + external.Length > 0 ? balanced + external : "<pending>";
            case "ExternalName":
                return spec.Text("externalName");
            default:
                return CellText.Unknown;
        }
    }

    private static string BalancerAddresses(JsonObject obj) => string.Join(",", obj.Status().Object("loadBalancer").Items("ingress")
        .Select(i => i.Text("ip", i.Text("hostname")))
        .Where(a => a.Length > 0)
        .Distinct()
        .Order(StringComparer.Ordinal));

    private static string Hosts(JsonObject? spec)
    {
        var rules = spec.Count("rules");
        var hosts = spec.Items("rules").Select(r => r.Text("host")).Where(h => h.Length > 0).Take(Shown).ToList();
        if (hosts.Count == 0)
            return "*";
        // Rules without a host count among those that are not shown, as at kube-apiserver.
        var shown = string.Join(",", hosts);
        return hosts.Count == Shown && rules > Shown ? $"{shown} + {(rules - Shown).ToString(CultureInfo.InvariantCulture)} more..." : shown;
    }

    private static string HostPort(string ip, long port) => ip.Contains(':', StringComparison.Ordinal) ? $"[{ip}]:{port}" : $"{ip}:{port}";
}
