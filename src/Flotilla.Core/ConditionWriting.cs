using Flotilla.Api;

namespace Flotilla.Core;

/// <summary>Makes conditions that remember when their status last changed.</summary>
/// <param name="before">The conditions as they stand.</param>
/// <param name="generation">Generation of the spec that is spoken of.</param>
/// <param name="now">The time.</param>
internal sealed class ConditionWriting(IReadOnlyList<Condition> before, long generation, DateTimeOffset now)
{
    public Condition Make(string type, ConditionStatus status, string reason, string message)
    {
        var old = Find(before, type);
        return new Condition
        {
            Type = type,
            Status = status,
            Reason = reason,
            Message = message,
            ObservedGeneration = generation,
            LastTransitionTime = old?.Status == status ? old.LastTransitionTime : WholeSeconds(now),
        };
    }

    public static Condition? Find(IReadOnlyList<Condition> conditions, string type)
    {
        foreach (var condition in conditions)
        {
            if (condition.Type == type)
                return condition;
        }
        return null;
    }

    /// <summary>Kubernetes writes times of conditions without fractions.</summary>
    public static DateTimeOffset WholeSeconds(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerSecond));
}
