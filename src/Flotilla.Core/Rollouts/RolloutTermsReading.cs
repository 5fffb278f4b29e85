using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Api;
using Flotilla.Api.Rollouts;
using Flotilla.Core.Fleets;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Selectors;

namespace Flotilla.Core.Rollouts;

/// <summary>Reads a declared strategy.</summary>
public static class RolloutTermsReading
{
    /// <summary>The strategy as it is kept: two that say the same are the same text.</summary>
    public static string Write(RolloutStrategySpec strategy)
    {
        var node = (JsonObject)JsonSerializer.SerializeToNode(Plain(strategy), ApiJson.Default.RolloutStrategySpec)!;
        return Encoding.UTF8.GetString(CanonicalJson.Write(node));
    }

    public static RolloutStrategySpec Read(string strategy) => JsonSerializer.Deserialize(strategy, ApiJson.Default.RolloutStrategySpec) ?? new RolloutStrategySpec();

    /// <summary>With usual values where nothing is said. What the definitions let by and makes no sense falls back to the usual, too.</summary>
    public static RolloutTerms Terms(RolloutStrategySpec strategy)
    {
        var usual = new RolloutTerms { Waves = [] };
        return usual with
        {
            Waves = Waves(strategy),
            MaxConcurrent = Share.Parse(strategy.MaxConcurrent) ?? usual.MaxConcurrent,
            MaxFailed = Share.Parse(strategy.Budget?.MaxFailed) ?? usual.MaxFailed,
            OnBudget = strategy.Budget?.OnBudget ?? usual.OnBudget,
            ProgressDeadline = Duration(strategy.ProgressDeadline) ?? usual.ProgressDeadline,
            Retries = strategy.Retries ?? 0,
            AwayDeadline = Duration(strategy.AwayDeadline),
            RollbackConcurrent = Share.Parse(strategy.Rollback?.MaxConcurrent) ?? usual.RollbackConcurrent,
        };
    }

    /// <summary>Sites that catch up at the same time.</summary>
    public static Share CatchUp(RolloutStrategySpec strategy) => Share.Parse(strategy.CatchUp?.MaxConcurrent) ?? Share.Percent(10);

    private static IReadOnlyList<WaveTerms> Waves(RolloutStrategySpec strategy)
    {
        if (strategy.Waves.Count == 0)
        {
            return
            [
                new WaveTerms { Name = "first", Select = new WaveSelection.Part(Share.Count(1)) },
                new WaveTerms { Name = "tenth", Select = new WaveSelection.Part(Share.Percent(10)) },
                new WaveTerms { Name = "rest" },
            ];
        }
        var waves = strategy.Waves.Select(Wave).ToList();
        if (!waves.Exists(w => w.Select is WaveSelection.Rest))
            waves.Add(new WaveTerms { Name = Free(waves) });
        return waves;
    }

    private static string Free(List<WaveTerms> waves)
    {
        var name = "rest";
        while (waves.Exists(w => w.Name == name))
            name += "-of-all";
        return name;
    }

    private static WaveTerms Wave(RolloutWave wave) => new()
    {
        Name = wave.Name,
        Select = Selection(wave.Select),
        MaxConcurrent = Share.Parse(wave.MaxConcurrent),
        MinSucceeded = wave.MinSucceeded ?? 1,
        Soak = Duration(wave.Soak) ?? TimeSpan.Zero,
        MaxFailed = Share.Parse(wave.Budget?.MaxFailed),
        Before = [.. wave.Before.Select(Gate)],
        After = [.. wave.After.Select(Gate)],
    };

    private static WaveSelection Selection(WaveSelector? select)
    {
        if (select is null)
            return new WaveSelection.Rest();
        if (select.Count is { } count)
            return new WaveSelection.Part(Share.Count(count));
        if (select.Percent is { } percent)
            return new WaveSelection.Part(Share.Percent(percent));
        try
        {
            return new WaveSelection.Labels(new SiteSelector(new LabelSelectorSpec { MatchLabels = select.MatchLabels, MatchExpressions = select.MatchExpressions }));
        }
        catch (SelectorException)
        {
            // Picks nobody: the rollout waits there, and says so.
            return new WaveSelection.Labels(new SiteSelector(new LabelSelectorSpec
            {
                MatchExpressions = [new LabelSelectorRequirement { Key = "flotilla.dev/nobody", Operator = "Exists" }],
            }));
        }
    }

    private static GateTerms Gate(RolloutGate gate) => gate switch
    {
        { StartAt: { } time } => new GateTerms.StartAt(time),
        { Soak: { } soak } => new GateTerms.Soak(Duration(soak) ?? TimeSpan.Zero),
        { Webhook: { } webhook } => new GateTerms.Webhook(
            webhook.Url, webhook.SecretRef is { } secret ? (secret.Name, secret.Key) : null, Duration(webhook.Timeout) ?? TimeSpan.FromSeconds(10)),
        // What says nothing that is known is not passed by itself.
        _ => new GateTerms.Approval(),
    };

    private static TimeSpan? Duration(string? text) => text is null ? null : DeclaredDuration.Parse(text);

    /// <summary>Only what a strategy says, whatever it was read from.</summary>
    private static RolloutStrategySpec Plain(RolloutStrategySpec s) => new()
    {
        Waves = s.Waves,
        MaxConcurrent = s.MaxConcurrent,
        Budget = s.Budget,
        ProgressDeadline = s.ProgressDeadline,
        Retries = s.Retries,
        AwayDeadline = s.AwayDeadline,
        Rollback = s.Rollback,
        CatchUp = s.CatchUp,
        Notify = s.Notify,
    };
}
