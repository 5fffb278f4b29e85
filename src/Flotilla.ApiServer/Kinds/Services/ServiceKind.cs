using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Services;

/// <summary>
/// Services. Addresses and node ports are given by <see cref="ServiceAllocation"/>, after an object was prepared and before it is validated.
/// </summary>
internal sealed class ServiceKind() : BuiltInKind(KindTraits.Status | KindTraits.CreateOnUpdate, Names.DnsLabelProblems)
{
    private static readonly Dictionary<string, Func<JsonObject, string>> Fields = new()
    {
        ["spec.clusterIP"] = service => service.Object("spec").Text("clusterIP"),
        ["spec.type"] = service => service.Object("spec").Text("type"),
    };

    public override IReadOnlyDictionary<string, Func<JsonObject, string>> SelectableFields => Fields;

    public override string UnknownFieldLabel(string label) => $"field label not supported: {label}";

    public override void PrepareForCreate(JsonObject obj)
    {
        var spec = obj.ObjectOrNew("spec");
        if (spec.Text("clusterIP") is { Length: > 0 } ip && spec.Length("clusterIPs") == 0)
            spec["clusterIPs"] = new JsonArray(ip);
    }

    public override void PrepareForUpdate(JsonObject obj, JsonObject old) => ServiceUpdate.Prepare(obj.ObjectOrNew("spec"), SpecOf(old));

    public override IEnumerable<string> Warnings(JsonObject obj, JsonObject? old)
    {
        const string hints = "service.kubernetes.io/topology-aware-hints";
        var spec = SpecOf(obj);
        if (obj.Object("metadata").Object("annotations").Has(hints))
            yield return $"annotation {hints} is deprecated, please use service.kubernetes.io/topology-mode instead";
        if (ServiceValidation.IsHeadless(spec))
        {
            if (spec.Text("loadBalancerIP").Length > 0)
                yield return "spec.loadBalancerIP is ignored for headless services";
            if (spec.Length("externalIPs") > 0)
                yield return "spec.externalIPs is ignored for headless services";
            if (spec.Text("sessionAffinity") == "ClientIP")
                yield return "spec.SessionAffinity is ignored for headless services";
        }
        if (spec.Text("type") == "ExternalName" && spec.Length("externalIPs") > 0)
            yield return "spec.externalIPs is ignored when spec.type is \"ExternalName\"";
        if (spec.Text("type") != "ExternalName" && spec.Text("externalName").Length > 0)
            yield return "spec.externalName is ignored when spec.type is not \"ExternalName\"";
    }

    protected override void Check(FieldProblems problems, JsonObject obj) => ServiceValidation.Check(problems, obj);

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old) => ServiceUpdate.Check(problems, SpecOf(obj), SpecOf(old));

    protected override void CheckStatus(FieldProblems problems, JsonObject obj, JsonObject old) =>
        LoadBalancerStatus(problems, FieldPath.Status["loadBalancer"], StatusOf(obj).Object("loadBalancer"), SpecOf(obj).Text("type") == "LoadBalancer");

    private static void LoadBalancerStatus(FieldProblems problems, FieldPath path, JsonObject? status, bool isLoadBalancer)
    {
        if (!isLoadBalancer)
        {
            if (status.Length("ingress") > 0)
                problems.Forbidden(path["ingress"], "may only be used when `spec.type` is 'LoadBalancer'");
            return;
        }
        foreach (var (at, ingress) in status.Each("ingress", path))
        {
            var (ip, hostname) = (ingress.Text("ip"), ingress.Text("hostname"));
            if (ip.Length > 0)
                IpRules.Check(problems, at["ip"], ip);
            if (!ingress.Has("ipMode"))
            {
                if (ip.Length > 0)
                    problems.Required(at["ipMode"], "must be specified when `ip` is set");
            }
            else if (ip.Length == 0)
                problems.Forbidden(at["ipMode"], "may not be specified when `ip` is not set");
            else
                problems.OneOf(at["ipMode"], ingress.Text("ipMode"), "Proxy", "VIP");
            if (hostname.Length == 0)
                continue;
            problems.Invalid(at["hostname"], hostname, Names.DnsSubdomainProblems(hostname));
            if (IpRules.TryParse(hostname, out _))
                problems.Invalid(at["hostname"], hostname, "must be a DNS name, not an IP address");
        }
    }
}
