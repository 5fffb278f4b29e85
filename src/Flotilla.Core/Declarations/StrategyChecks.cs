using Flotilla.Api.Rollouts;

namespace Flotilla.Core.Declarations;

/// <summary>What a schema cannot say of the way in which changes go out, wherever it is declared.</summary>
internal static class StrategyChecks
{
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(30);

    /// <summary>Looks at a strategy alone.</summary>
    /// <param name="declared">The object that it stands in.</param>
    /// <param name="path">Where in the object it stands.</param>
    /// <param name="spec">The strategy.</param>
    /// <param name="today">The day; null does not look at it.</param>
    public static IEnumerable<Problem> Check(Declared declared, string path, RolloutStrategySpec spec, DateOnly? today)
    {
        var durations = new List<(string Field, string? Text)> { ("progressDeadline", spec.ProgressDeadline), ("awayDeadline", spec.AwayDeadline) };
        for (var w = 0; w < spec.Waves.Count; w++)
        {
            var (wave, at) = (spec.Waves[w], $"waves[{w}]");
            durations.Add(($"{at}.soak", wave.Soak));
            if (wave.Select?.Count < wave.MinSucceeded)
                yield return declared.Error($"{path}.{at}.minSucceeded", $"{wave.MinSucceeded} sites cannot succeed in a wave of {wave.Select.Count}", "ask for fewer, or select more");
            foreach (var (gate, place) in Gates(wave, at))
            {
                durations.Add(($"{place}.soak", gate.Soak));
                durations.Add(($"{place}.webhook.timeout", gate.Webhook?.Timeout));
                if (DeclaredDuration.Parse(gate.Webhook?.Timeout) > LongestAnswer)
                    yield return declared.Error($"{path}.{place}.webhook.timeout", $"{gate.Webhook!.Timeout} is too long to hold a call open", "give at most 30s; a gate is asked again until it allows");
                if (gate.StartAt is { } start && today is { } day && DateOnly.FromDateTime(start.UtcDateTime) < day)
                    yield return declared.Warning($"{path}.{place}.startAt", "the time is over: this gate holds nothing up", "give a time to come, or drop the gate");
            }
        }
        foreach (var (field, text) in durations)
        {
            if (text is not null && DeclaredDuration.Parse(text) is null)
                yield return declared.Error($"{path}.{field}", $"{text} is longer than anybody lives", "write a shorter duration, as 45d");
        }
        if (spec.Waves.Count > 0 && spec.Waves.All(wave => wave.Select is not null && wave.Select.Percent != 100))
            yield return declared.Warning($"{path}.waves", "no wave takes the rest: sites that none selects are in no wave", "add a last wave without select");
    }

    private static IEnumerable<(RolloutGate Gate, string Place)> Gates(RolloutWave wave, string at) =>
        wave.Before.Select((gate, i) => (gate, $"{at}.before[{i}]")).Concat(wave.After.Select((gate, i) => (gate, $"{at}.after[{i}]")));
}
