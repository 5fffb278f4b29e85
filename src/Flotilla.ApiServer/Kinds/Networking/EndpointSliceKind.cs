using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Networking;

/// <summary>EndpointSlices.</summary>
internal sealed class EndpointSliceKind() : BuiltInKind(KindTraits.Generation)
{
    private const int MaxEndpoints = 1000;
    private const int MaxAddresses = 100;
    private const int MaxPorts = 20000;

    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.Whole;

    public override bool ChangesGeneration(JsonObject obj, JsonObject old) =>
        base.ChangesGeneration(obj, old) || !JsonNodeExtensions.DeepEquals(obj.Object("metadata").Object("labels"), old.Object("metadata").Object("labels"));

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var type = obj.Text("addressType");
        problems.RequiredOneOf(FieldPath.Of("addressType"), type, "FQDN", "IPv4", "IPv6");
        if (obj.Length("endpoints") > MaxEndpoints)
            problems.TooMany(FieldPath.Of("endpoints"), obj.Length("endpoints"), MaxEndpoints);
        else
        {
            foreach (var (at, endpoint) in obj.Each("endpoints"))
                Endpoint(problems, at, endpoint, type);
        }
        if (obj.Length("ports") > MaxPorts)
            problems.TooMany(FieldPath.Of("ports"), obj.Length("ports"), MaxPorts);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (at, port) in obj.Each("ports"))
        {
            var name = port.Text("name");
            if (name.Length > 0)
                problems.Invalid(at["name"], name, Names.DnsLabelProblems(name));
            if (!names.Add(name))
                problems.Duplicate(at["name"], name);
            problems.RequiredOneOf(at["protocol"], port.Text("protocol"), "SCTP", "TCP", "UDP");
            if (port.Has("port"))
                problems.InRange(at["port"], port.Member("port"), 1, 65535);
            if (port.Has("appProtocol"))
                problems.Invalid(at["appProtocol"], port.Text("appProtocol"), Names.QualifiedNameProblems(port.Text("appProtocol")));
        }
    }

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old) =>
        problems.Unchanged(FieldPath.Of("addressType"), obj.Member("addressType"), old.Member("addressType"));

    private static void Endpoint(FieldProblems problems, FieldPath path, JsonNode? endpoint, string type)
    {
        if (endpoint.Length("addresses") == 0)
            problems.Required(path["addresses"], "must contain at least 1 address");
        else if (endpoint.Length("addresses") > MaxAddresses)
            problems.TooMany(path["addresses"], endpoint.Length("addresses"), MaxAddresses);
        foreach (var (at, address) in endpoint.EachText("addresses", path))
        {
            if (type == "FQDN")
                problems.Invalid(at, address, Names.DnsSubdomainProblems(address.TrimEnd('.')));
            else if (type is "IPv4" or "IPv6")
            {
                if (!IpRules.TryParse(address, out _) || IpRules.IsV6(address) != (type == "IPv6"))
                    problems.Invalid(at, address, type == "IPv6" ? "must be an IPv6 address" : "must be an IPv4 address");
                IpRules.CheckNonSpecial(problems, at, address);
            }
        }
        if (endpoint.Has("nodeName"))
            problems.Invalid(path["nodeName"], endpoint.Text("nodeName"), Names.DnsSubdomainProblems(endpoint.Text("nodeName")));
        if (endpoint.Has("hostname"))
            problems.Invalid(path["hostname"], endpoint.Text("hostname"), Names.DnsLabelProblems(endpoint.Text("hostname")));
        foreach (var (key, value) in endpoint.Object("deprecatedTopology") ?? [])
        {
            problems.Invalid(path["deprecatedTopology"].Key(key), key, Names.QualifiedNameProblems(key));
            problems.Invalid(path["deprecatedTopology"].Key(key), value, Names.LabelValueProblems(value.AsStringOrNull() ?? ""));
        }
    }
}
