using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Networking;

/// <summary>Endpoints, the old form of EndpointSlices.</summary>
internal sealed class EndpointsKind() : BuiltInKind(KindTraits.CreateOnUpdate)
{
    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.Change | MetadataChecks.Whole;

    public override string? Deprecation => "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice";

    // Unchanged subsets stay valid by whatever rules they once were.
    public override bool ValidatesWholeOnUpdate => false;

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        foreach (var (at, subset) in obj.Each("subsets"))
        {
            if (subset.Length("addresses") == 0 && subset.Length("notReadyAddresses") == 0)
                problems.Required(at, "must specify `addresses` or `notReadyAddresses`");
            foreach (var (addressAt, address) in subset.Each("addresses", at).Concat(subset.Each("notReadyAddresses", at)))
                Address(problems, addressAt, address);
            foreach (var (portAt, port) in subset.Each("ports", at))
                Port(problems, portAt, port, subset.Length("ports") > 1);
        }
    }

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old)
    {
        if (!JsonNodeExtensions.DeepEquals(obj.Member("subsets"), old.Member("subsets")))
            Check(problems, obj);
    }

    private static void Address(FieldProblems problems, FieldPath path, JsonNode? address)
    {
        if (!IpRules.TryParse(address.Text("ip"), out _))
            problems.Invalid(path["ip"], address.Text("ip"), IpRules.AddressProblem);
        if (address.Text("hostname") is { Length: > 0 } host)
            problems.Invalid(path["hostname"], host, Names.DnsLabelProblems(host));
        if (address.Has("nodeName"))
            problems.Invalid(path["nodeName"], address.Text("nodeName"), Names.DnsSubdomainProblems(address.Text("nodeName")));
        IpRules.CheckNonSpecial(problems, path["ip"], address.Text("ip"));
    }

    private static void Port(FieldProblems problems, FieldPath path, JsonNode? port, bool needsName)
    {
        if (port.Text("name") is { Length: > 0 } name)
            problems.Invalid(path["name"], name, Names.DnsLabelProblems(name));
        else if (needsName)
            problems.Required(path["name"]);
        problems.InRange(path["port"], port.Member("port"), 1, 65535);
        problems.RequiredOneOf(path["protocol"], port.Text("protocol"), "SCTP", "TCP", "UDP");
        if (port.Has("appProtocol"))
            problems.Invalid(path["appProtocol"], port.Text("appProtocol"), Names.QualifiedNameProblems(port.Text("appProtocol")));
    }
}
