using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds.Workloads;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Networking;

/// <summary>NetworkPolicies.</summary>
internal sealed class NetworkPolicyKind() : BuiltInKind(KindTraits.Generation)
{
    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.Change | MetadataChecks.Whole;

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var (path, spec) = (FieldPath.Spec, SpecOf(obj));
        LabelRules.Selector(problems, path["podSelector"], spec.Object("podSelector"));
        foreach (var (rules, peers) in (ReadOnlySpan<(string, string)>)[("ingress", "from"), ("egress", "to")])
        {
            foreach (var (at, rule) in spec.Each(rules, path))
            {
                foreach (var (portAt, port) in rule.Each("ports", at))
                    Port(problems, portAt, port);
                foreach (var (peerAt, peer) in rule.Each(peers, at))
                    Peer(problems, peerAt, peer);
            }
        }
        if (spec.Length("policyTypes") > 2)
        {
            problems.Invalid(path["policyTypes"], spec.Member("policyTypes"), "may not specify more than two policyTypes");
            return;
        }
        foreach (var (at, type) in spec.EachText("policyTypes", path))
            problems.OneOf(at, type, "Egress", "Ingress");
    }

    // The strategy validates the whole and then the change, which holds the spec again.
    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old) => Check(problems, obj);

    private static void Port(FieldProblems problems, FieldPath path, JsonNode? port)
    {
        if (port.Has("protocol"))
            problems.OneOf(path["protocol"], port.Text("protocol"), "SCTP", "TCP", "UDP");
        var end = port.Member("endPort");
        if (port.Member("port") is not { } number)
        {
            if (end is not null)
                problems.Invalid(path["endPort"], end, "may not be specified when `port` is not specified");
            return;
        }
        ProbeValidation.Port(problems, path["port"], number);
        if (end is null)
            return;
        if (number.AsStringOrNull() is not null)
        {
            problems.Invalid(path["endPort"], end, "may not be specified when `port` is non-numeric");
            return;
        }
        if (end.AsInt64OrNull() < number.AsInt64OrNull())
            problems.Invalid(path["endPort"], number, "must be greater than or equal to `port`");
        problems.InRange(path["endPort"], end, 1, 65535);
    }

    private static void Peer(FieldProblems problems, FieldPath path, JsonNode? peer)
    {
        var found = 0;
        foreach (var field in (ReadOnlySpan<string>)["podSelector", "namespaceSelector"])
        {
            if (peer.Object(field) is { } selector && ++found > 0)
                LabelRules.Selector(problems, path[field], selector);
        }
        if (peer.Object("ipBlock") is { } block && ++found > 0)
            Block(problems, path["ipBlock"], block);
        if (found == 0)
            problems.Required(path, "must specify a peer");
        else if (found > 1 && peer.Has("ipBlock"))
            problems.Forbidden(path, "may not specify both ipBlock and another peer");
    }

    private static void Block(FieldProblems problems, FieldPath path, JsonObject block)
    {
        var network = block.Text("cidr");
        if (network.Length == 0)
        {
            problems.Required(path["cidr"]);
            return;
        }
        IpRules.CheckNetwork(problems, path["cidr"], network);
        if (!IpRules.TryParseNetwork(network, out _, out var outer))
            return;
        foreach (var (at, except) in block.EachText("except", path))
        {
            if (!IpRules.TryParseNetwork(except, out var start, out var inner))
                problems.Invalid(at, except, IpRules.NetworkProblem);
            else if (!IpRules.Contains(network, start) || inner <= outer)
                problems.Invalid(at, except, "must be a strict subset of `cidr`");
        }
    }
}
