using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Networking;

/// <summary>ServiceCIDRs: networks for Services, fixed once given.</summary>
internal sealed class ServiceCidrKind() : BuiltInKind(KindTraits.Status)
{
    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var path = FieldPath.Spec["cidrs"];
        var networks = SpecOf(obj).EachText("cidrs", FieldPath.Spec).ToList();
        if (networks.Count == 0)
            problems.Required(path, "at least one CIDR required");
        if (networks.Count > 2)
            problems.Invalid(path, SpecOf(obj).Member("cidrs"), "may only hold up to 2 values");
        if (networks.Count == 2 && networks[0].Text.Contains(':', StringComparison.Ordinal) == networks[1].Text.Contains(':', StringComparison.Ordinal))
            problems.Invalid(path, SpecOf(obj).Member("cidrs"), "may specify no more than one IP for each IP family");
        foreach (var (at, network) in networks)
            IpRules.CheckNetwork(problems, at, network);
    }

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old) =>
        problems.Unchanged(FieldPath.Spec["cidrs"], SpecOf(obj).Member("cidrs"), SpecOf(old).Member("cidrs"));
}
