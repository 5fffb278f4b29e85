using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Api;
using Flotilla.Api.Rollouts;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Selectors;

namespace Flotilla.Core.Declarations;

/// <summary>Strategies and windows beside the fleets that name them: names that nothing has, and waves for nobody.</summary>
internal sealed class RolloutChecks(ObjectIndex index, List<Problem> problems)
{
    /// <summary>Looks at fleets that are given, and at strategies that are given for fleets.</summary>
    public void Check(IReadOnlyList<SoundObject> sound)
    {
        foreach (var (declared, decoded) in sound.Where(one => one.Declared.Kind == "Fleet"))
            CheckFleet(declared, decoded.Deserialize(ApiJson.Default.Fleet)!.Spec);
        foreach (var (declared, decoded) in sound.Where(one => one.Declared.Kind == "RolloutStrategy"))
        {
            var strategy = decoded.Deserialize(ApiJson.Default.RolloutStrategy)!;
            foreach (var fleet in index.All("Fleet", declared.Namespace).Where(f => f.Object("spec").Object("rollout").String("strategy") == declared.Name))
                CheckWaves(declared, "spec", strategy.Spec, fleet);
        }
    }

    private void CheckFleet(Declared declared, Api.Fleets.FleetSpec spec)
    {
        if (spec.Rollout.Strategy is { } name)
        {
            if (index.Find("RolloutStrategy", declared.Namespace, name) is not { } found)
                problems.Add(declared.Error("spec.rollout.strategy", $"there is no RolloutStrategy {name} in namespace {declared.Namespace}", index.Remedy("RolloutStrategy", declared.Namespace, name)));
            else if (!index.IsGiven("RolloutStrategy", declared.Namespace, name) && found.Object("spec")?.Deserialize(ApiJson.Default.RolloutStrategySpec) is { } known)
                CheckWaves(declared, "spec.rollout.strategy", known, declared.Object);
        }
        else
        {
            CheckWaves(declared, "spec.rollout", spec.Rollout, declared.Object);
        }
        for (var i = 0; i < spec.Windows.Count; i++)
        {
            if (index.Find("MaintenanceWindow", declared.Namespace, spec.Windows[i]) is not { } window)
                problems.Add(declared.Error($"spec.windows[{i}]", $"there is no MaintenanceWindow {spec.Windows[i]} in namespace {declared.Namespace}", index.Remedy("MaintenanceWindow", declared.Namespace, spec.Windows[i])));
            else if (spec.Windows.Count > 1 && window.Object("spec") is { } opens && opens.Array("open") is not { Count: > 0 } && opens.Array("dates") is not { Count: > 0 })
                problems.Add(declared.Warning($"spec.windows[{i}]", $"{spec.Windows[i]} has only blackouts, so it is open at all other times, whatever the other windows say", "move its blackouts into the other windows"));
        }
    }

    private void CheckWaves(Declared blamed, string path, RolloutStrategySpec strategy, JsonObject fleet)
    {
        if (strategy.Waves.Count == 0 || FleetChecks.TrySelector(fleet) is not { } members)
            return;
        var (name, ns) = (fleet.Object("metadata").String("name"), blamed.Namespace);
        var sites = index.All("Site", ns).Select(site => FleetChecks.LabelsOf(site)).Where(members.Matches).ToList();
        for (var w = 0; w < strategy.Waves.Count; w++)
        {
            var wave = strategy.Waves[w];
            // A strategy that is only named has no lines of its own here.
            var named = path == "spec.rollout.strategy";
            var at = named ? path : $"{path}.waves[{w}]";
            if (wave.Select is { Count: null, Percent: null } select)
            {
                if (SelectorOf(select) is not { } selector)
                    problems.Add(blamed.Error(named ? at : $"{at}.select", $"the labels of the wave {wave.Name} are no selector", "use up to 63 letters, digits, '-', '_' and '.' for keys and values"));
                else if (sites.Count == 0)
                    problems.Add(blamed.Warning(named ? at : $"{at}.select", $"no site of the fleet {name} is known yet: a rollout waits at the wave {wave.Name} until its labels select one", "declare sites with these labels"));
                else if (sites.Count(selector.Matches) is var chosen && chosen == 0)
                    problems.Add(blamed.Error(named ? at : $"{at}.select", $"the wave {wave.Name} selects no site of the fleet {name}: a rollout would wait at it for ever", "label sites, or change the labels here"));
                else
                    CheckNeeded(blamed, named ? at : $"{at}.minSucceeded", wave, chosen, name);
            }
            else if (sites.Count > 0 && wave.Select is { Percent: { } percent })
            {
                CheckNeeded(blamed, named ? at : $"{at}.minSucceeded", wave, (int)Math.Ceiling(sites.Count * (decimal)percent / 100), name);
            }
        }
    }

    private void CheckNeeded(Declared blamed, string field, RolloutWave wave, int chosen, string? fleet)
    {
        if (wave.MinSucceeded > chosen)
            problems.Add(blamed.Warning(field, $"the wave {wave.Name} has {Sites(chosen)} of the fleet {fleet} at present, so that no more can succeed; all of them must", "ask for fewer, or select more"));
    }

    private static LabelSelector? SelectorOf(WaveSelector select)
    {
        if (select.MatchLabels.Any(l => LabelSyntax.KeyProblems(l.Key).Count > 0 || LabelSyntax.ValueProblems(l.Value).Count > 0))
            return null;
        try
        {
            return LabelSelector.FromObject(JsonSerializer.SerializeToNode(new LabelSelectorSpec { MatchLabels = select.MatchLabels, MatchExpressions = select.MatchExpressions }, ApiJson.Default.LabelSelectorSpec) as JsonObject);
        }
        catch (SelectorException)
        {
            return null;
        }
    }

    private static string Sites(int count) => string.Create(CultureInfo.InvariantCulture, $"{count} site{(count == 1 ? "" : "s")}");
}
