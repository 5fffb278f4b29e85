using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Api;
using Flotilla.Api.Definitions;
using Flotilla.Api.Rollouts;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Core.Declarations;

/// <summary>Gates that wait for an approval, beside who may give one.</summary>
internal sealed class ApproverChecks
{
    private const string Masters = "system:masters";
    private const string Remedy = "bind a group to a role that may create approvals.flotilla.dev, as the ClusterRole flotilla-approve";
    private readonly ObjectIndex index;
    private readonly List<Problem> problems;
    private readonly List<JsonObject> rights;

    /// <param name="index">What is given and known.</param>
    /// <param name="rights">Roles and bindings that there are.</param>
    /// <param name="given">What is declared, roles and bindings among it.</param>
    /// <param name="problems">Where problems go.</param>
    public ApproverChecks(ObjectIndex index, IEnumerable<JsonObject> rights, IEnumerable<Declared> given, List<Problem> problems)
    {
        (this.index, this.problems) = (index, problems);
        this.rights = [.. rights.Concat(given.Select(declared => declared.Object)).Where(obj => obj.String("apiVersion") == "rbac.authorization.k8s.io/v1")];
    }

    public void Check(IReadOnlyList<SoundObject> sound)
    {
        foreach (var (declared, decoded) in sound)
        {
            if (declared.Kind == "RolloutStrategy")
                Check(declared, "spec", decoded.Deserialize(ApiJson.Default.RolloutStrategy)!.Spec);
            else if (declared.Kind == "Fleet")
                CheckFleet(declared, decoded.Deserialize(ApiJson.Default.Fleet)!.Spec.Rollout);
        }
    }

    private void CheckFleet(Declared declared, FleetRollout rollout)
    {
        if (rollout.Strategy is not { } name)
            Check(declared, "spec.rollout", rollout);
        else if (!index.IsGiven("RolloutStrategy", declared.Namespace, name) && index.Find("RolloutStrategy", declared.Namespace, name).Object("spec")?.Deserialize(ApiJson.Default.RolloutStrategySpec) is { } known
            && Gates(known).Any())
            Tell(declared, "spec.rollout.strategy");
    }

    private void Check(Declared declared, string path, RolloutStrategySpec strategy)
    {
        foreach (var gate in Gates(strategy))
            Tell(declared, $"{path}.{gate}.approval");
    }

    private void Tell(Declared declared, string field)
    {
        var approvers = rights.Where(obj => MayApprove(obj, declared.Namespace)).SelectMany(obj => obj.Array("subjects") ?? []).Select(subject => subject.String("name")).ToHashSet();
        if (approvers.Count == 0)
            problems.Add(declared.Error(field, $"nobody may create Approvals in namespace {declared.Namespace}, so that this gate would never open", Remedy));
        else if (approvers.SetEquals([Masters]))
            problems.Add(declared.Warning(field, $"only {Masters}, who may do everything, may create Approvals in namespace {declared.Namespace}", Remedy));
    }

    private bool MayApprove(JsonObject binding, string ns)
    {
        var isEverywhere = binding.String("kind") == "ClusterRoleBinding";
        if (!isEverywhere && (binding.String("kind") != "RoleBinding" || binding.Object("metadata").String("namespace") != ns))
            return false;
        var (kind, name) = (binding.Object("roleRef").String("kind"), binding.Object("roleRef").String("name"));
        // What is declared stands last and is what will be.
        var role = rights.LastOrDefault(obj => obj.String("kind") == kind && obj.Object("metadata").String("name") == name && (kind == "ClusterRole" || obj.Object("metadata").String("namespace") == ns));
        return (role.Array("rules") ?? []).Any(rule =>
            Names(rule, "verbs", "create") && Names(rule, "apiGroups", CustomResourceDefinitions.Group) && Names(rule, "resources", "approvals") && rule.Array("resourceNames") is not { Count: > 0 });
    }

    private static bool Names(JsonNode? rule, string field, string word) =>
        (rule.Array(field) ?? []).Any(entry => entry.AsStringOrNull() is { } text && (text == "*" || text == word));

    private static IEnumerable<string> Gates(RolloutStrategySpec strategy) => strategy.Waves.SelectMany((wave, w) =>
        Places(wave.Before, $"waves[{w}].before").Concat(Places(wave.After, $"waves[{w}].after")));

    private static IEnumerable<string> Places(IReadOnlyList<RolloutGate> gates, string at) =>
        gates.Select((gate, i) => (gate, Place: $"{at}[{i}]")).Where(g => g.gate.Approval is not null).Select(g => g.Place);
}
