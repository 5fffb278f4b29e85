using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Admission.Webhooks;

/// <summary>Finds out where a Service can be reached: there is no cluster network here, so its endpoints are dialled themselves.</summary>
internal static class ServiceEndpoints
{
    private const string ServiceLabel = "kubernetes.io/service-name";

    /// <summary>Host and port of one endpoint; <paramref name="turn"/> spreads calls over all of them.</summary>
    /// <exception cref="DialException">There is no such service, or nothing behind it.</exception>
    public static (string Host, int Port) Resolve(IWebhookSource source, ServiceAddress address, uint turn)
    {
        var name = FieldError.Quote(address.Name);
        var spec = (source.Service(address.Namespace, address.Name) ?? throw new DialException($"service {name} not found")).Object("spec");
        if (spec.String("type") == "ExternalName")
            return (spec.String("externalName") ?? "", address.Port);
        var port = (spec.Array("ports") ?? []).FirstOrDefault(p => p.Member("port").AsInt64OrNull() == address.Port)
            ?? throw new DialException($"no service port {address.Port} found for service {name}");
        var portName = port.String("name") ?? "";

        var targets = source.EndpointSlices(address.Namespace)
            .Where(slice => slice.Object("metadata").Object("labels").String(ServiceLabel) == address.Name)
            .SelectMany(slice => OfSlice(slice, portName))
            .ToList();
        if (targets.Count == 0)
            targets = [.. (source.Endpoints(address.Namespace, address.Name).Array("subsets") ?? []).SelectMany(subset => OfSubset(subset, portName))];
        return targets.Count == 0
            ? throw new DialException($"no endpoints available for service {name}")
            : targets[(int)(turn % (uint)targets.Count)];
    }

    private static IEnumerable<(string Host, int Port)> OfSlice(JsonObject slice, string portName)
    {
        if (PortOf(slice.Array("ports"), portName) is not { } port)
            yield break;
        foreach (var endpoint in slice.Array("endpoints") ?? [])
        {
            if (endpoint.Object("conditions").Member("ready").AsBoolOrNull() != false && endpoint.Array("addresses") is [{ } address, ..])
                yield return (address.AsStringOrNull() ?? "", port);
        }
    }

    private static IEnumerable<(string Host, int Port)> OfSubset(JsonNode? subset, string portName)
    {
        if (PortOf(subset.Array("ports"), portName) is not { } port)
            yield break;
        foreach (var address in subset.Array("addresses") ?? [])
        {
            if (address.String("ip") is { } ip)
                yield return (ip, port);
        }
    }

    private static int? PortOf(JsonArray? ports, string name) =>
        (ports ?? []).FirstOrDefault(p => (p.String("name") ?? "") == name).Member("port").AsInt64OrNull() is { } port and > 0 and <= 65535 ? (int)port : null;
}
