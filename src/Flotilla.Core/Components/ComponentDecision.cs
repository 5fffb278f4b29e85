using Flotilla.Api;
using Flotilla.Api.Components;

namespace Flotilla.Core.Components;

/// <summary>How a source is doing.</summary>
/// <param name="Version">The version that it is of.</param>
/// <param name="IsHere">Whether its content is in the hub's store.</param>
/// <param name="Trouble">Why the last try failed; null when none did.</param>
public sealed record SourceState(string Version, bool IsHere, string? Trouble);

/// <summary>What the status of a component says.</summary>
public static class ComponentDecision
{
    public static ComponentStatus Decide(Component component, IReadOnlyList<SourceState> sources, DateTimeOffset now)
    {
        var before = component.Status ?? new ComponentStatus();
        var writing = new ConditionWriting(before.Conditions, component.Metadata.Generation, now);
        var missing = sources.Where(s => !s.IsHere).ToList();
        var ready = missing.Count == 0
            ? writing.Make("Ready", ConditionStatus.True, Reasons.SourcesReady, "The content of every version is here.")
            : missing.Any(s => s.Trouble is not null)
                ? writing.Make("Ready", ConditionStatus.False, Reasons.SourceFailed, string.Join('\n', missing.Where(s => s.Trouble is not null).Select(s => $"Version {s.Version}: {s.Trouble}. It is tried again.")))
                : writing.Make("Ready", ConditionStatus.False, Reasons.WaitingForSource, $"The content of {string.Join(", ", missing.Select(s => s.Version))} is not here yet.");
        return before.Conditions.SequenceEqual([ready]) ? before : new ComponentStatus { Conditions = [ready] };
    }
}
