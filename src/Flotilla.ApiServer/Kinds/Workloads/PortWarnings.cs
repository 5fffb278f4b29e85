using System.Globalization;
using System.Text.Json.Nodes;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>Ports of a Pod's containers that get in each other's way.</summary>
internal static class PortWarnings
{
    public static IEnumerable<string> Of(FieldPath path, JsonObject spec)
    {
        var ports = PodScope.Containers(spec, path).SelectMany(container => container.Container.Each("ports", container.Path)).ToList();
        return Numbers(ports).Concat(SameNames(ports));
    }

    private static IEnumerable<string> Numbers(List<(FieldPath Path, JsonNode? Item)> ports)
    {
        var known = new Dictionary<string, List<(FieldPath Path, JsonNode? Port)>>(StringComparer.Ordinal);
        foreach (var (at, port) in ports)
        {
            var (hostIp, hostPort) = (port.Text("hostIP"), port.Number("hostPort"));
            if (hostIp.Length > 0 && hostPort == 0)
                yield return string.Create(CultureInfo.InvariantCulture,
                    $"{at}: hostIP set without hostPort: {{Name:{port.Text("name")} HostPort:0 ContainerPort:{port.Number("containerPort")} Protocol:{port.Text("protocol")} HostIP:{hostIp}}}");
            var key = string.Create(CultureInfo.InvariantCulture, $"{port.Number("containerPort")}/{port.Text("protocol")}");
            if (!known.TryGetValue(key, out var others))
                known[key] = others = [];
            foreach (var (otherAt, other) in others)
            {
                var (otherIp, otherPort) = (other.Text("hostIP"), other.Number("hostPort"));
                if (hostIp == otherIp && hostPort == otherPort)
                    yield return $"{at}: duplicate port definition with {otherAt}";
                else if (hostPort == 0 || otherPort == 0)
                    yield return $"{at}: overlapping port definition with {otherAt}";
                else if (hostPort == otherPort && hostIp.Length == 0 != (otherIp.Length == 0))
                    yield return $"{at}: dangerously ambiguous port definition with {otherAt}";
            }
            others.Add((at, port));
        }
    }

    private static IEnumerable<string> SameNames(List<(FieldPath Path, JsonNode? Item)> ports)
    {
        var known = new Dictionary<string, FieldPath>(StringComparer.Ordinal);
        foreach (var (at, port) in ports)
        {
            if (port.Text("name") is { Length: > 0 } name && !known.TryAdd(name, at))
                yield return $"{at}: duplicate port name \"{name}\" with {known[name]}, services and probes that select ports by name will use {known[name]}";
        }
    }
}
