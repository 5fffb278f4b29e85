using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds.Workloads;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Core;

/// <summary>Nodes. kube-apiserver blames taints under <c>metadata</c>; so do we.</summary>
internal sealed class NodeKind() : BuiltInKind(KindTraits.Status)
{
    private const string NotReady = "node.kubernetes.io/not-ready";
    private const string PodNetworkIsFixed = "node updates may not change podCIDR except from \"\" to valid";

    private static readonly Dictionary<string, Func<JsonObject, string>> Fields = new()
    {
        ["spec.unschedulable"] = node => node.Object("spec").IsTrue("unschedulable") ? "true" : "false",
    };

    public override IReadOnlyDictionary<string, Func<JsonObject, string>> SelectableFields => Fields;

    public override bool KeepsStatusOnCreate => true;

    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.Change | MetadataChecks.Whole;

    public override string UnknownFieldLabel(string label) => $"field label not supported: {label}";

    /// <summary>A new Node gets no Pods until something has found it ready.</summary>
    public override void PrepareForCreate(JsonObject obj)
    {
        var spec = obj.ObjectOrNew("spec");
        if ((spec.Array("taints") ?? []).Any(taint => taint.Text("key") == NotReady && taint.Text("effect") == "NoSchedule"))
            return;
        if (spec.Array("taints") is not { } taints)
            spec["taints"] = taints = [];
        taints.Add((JsonNode)new JsonObject { ["key"] = NotReady, ["effect"] = "NoSchedule" });
    }

    public override IEnumerable<string> Warnings(JsonObject obj, JsonObject? old)
    {
        foreach (var (key, _) in old is null ? obj.Object("metadata").Object("labels") ?? [] : [])
        {
            if (key == "node-role.kubernetes.io/master")
                yield return $"metadata.labels[{key}]: {NodeLabels.Deprecation(key)}";
        }
        if (SpecOf(obj).Has("configSource"))
            yield return "spec.configSource: the spec.configSource field is deprecated in v1.22+ and is no longer functional";
        if (SpecOf(obj).Text("externalID").Length > 0)
            yield return "spec.externalID: this field is deprecated, and is unused by Kubernetes";
    }

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        Taints(problems, SpecOf(obj));
        Resources(problems, StatusOf(obj));
        var networks = SpecOf(obj).EachText("podCIDRs", FieldPath.Spec).ToList();
        foreach (var (at, network) in networks)
            IpRules.CheckNetwork(problems, at, network);
        if (networks.Count > 2 || (networks.Count == 2 && networks[0].Text.Contains(':', StringComparison.Ordinal) == networks[1].Text.Contains(':', StringComparison.Ordinal)))
            problems.Invalid(FieldPath.Spec["podCIDRs"], SpecOf(obj).Member("podCIDRs"), "may specify no more than one CIDR for each IP family");
    }

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old) => Change(problems, obj, old);

    protected override void CheckStatus(FieldProblems problems, JsonObject obj, JsonObject old) => Change(problems, obj, old);

    private static void Change(FieldProblems problems, JsonObject obj, JsonObject old)
    {
        var (path, spec, oldSpec, status) = (FieldPath.Spec, SpecOf(obj), SpecOf(old), StatusOf(obj));
        Resources(problems, status);
        var addresses = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (at, address) in status.Each("addresses", FieldPath.Status))
        {
            if (!addresses.Add(address!.ToJsonString()))
                problems.Duplicate(at, address);
        }
        var (networks, oldNetworks) = (spec.Texts("podCIDRs").ToList(), oldSpec.Texts("podCIDRs").ToList());
        if (oldNetworks.Count > 0 && oldNetworks.Count != networks.Count)
            problems.Forbidden(path["podCIDRs"], PodNetworkIsFixed);
        else
        {
            foreach (var _ in oldNetworks.Zip(networks).Where(pair => pair.First != pair.Second))
                problems.Forbidden(path["podCIDRs"], PodNetworkIsFixed);
        }
        if (oldSpec.Text("providerID") is { Length: > 0 } provider && provider != spec.Text("providerID"))
            problems.Forbidden(path["providerID"], "node updates may not change providerID except from \"\" to valid");
        Taints(problems, spec);
        if (spec.Text("externalID") != oldSpec.Text("externalID"))
            problems.Forbidden(path["externalID"], "may not be updated");
    }

    private static void Resources(FieldProblems problems, JsonObject status)
    {
        foreach (var field in (ReadOnlySpan<string>)["capacity", "allocatable"])
        {
            foreach (var (name, value) in status.Object(field) ?? [])
                ResourceValidation.Value(problems, FieldPath.Status[field][name], name, value);
        }
    }

    private static void Taints(FieldProblems problems, JsonObject spec)
    {
        var seen = new HashSet<(string, string)>();
        foreach (var (at, taint) in spec.Each("taints", FieldPath.Metadata))
        {
            var (key, value, effect) = (taint.Text("key"), taint.Text("value"), taint.Text("effect"));
            problems.Invalid(at["key"], key, Names.QualifiedNameProblems(key));
            var wrong = string.Join(';', Names.LabelValueProblems(value));
            if (wrong.Length > 0)
                problems.Invalid(at["value"], value, wrong);
            if (effect.Length == 0)
                problems.Required(at["effect"]);
            else
                SchedulingValidation.TaintEffect(problems, at["effect"], effect);
            if (!seen.Add((effect, key)))
                problems.Add(FieldError.Duplicate(at.ToString(), taint) with { Message = $"Duplicate value: {FieldError.Show(taint)}: taints must be unique by key and effect pair" });
        }
    }
}
