using System.Collections.Concurrent;
using Flotilla.Core.Rollouts;
using Flotilla.Kubernetes.Client;

namespace Flotilla.Hub.Rollouts;

/// <summary>Questions to the webhooks of gates, and their answers.</summary>
/// <param name="ask">Told of a question; the answer comes by <see cref="Put"/>.</param>
internal sealed class GateBook(Action<GateAsked> ask, TimeProvider time)
{
    private readonly ConcurrentDictionary<(ObjectKey Rollout, string Gate), GateAnswer> answers = new();

    /// <summary>The rollout with the answers that came meanwhile.</summary>
    public RolloutRecord Answered(ObjectKey rollout, RolloutRecord record)
    {
        if (record.IsOver || answers.IsEmpty)
            return record;
        return record.Gates.Any(g => g.Passed is null && answers.ContainsKey((rollout, g.Key)))
            ? record with { Gates = [.. record.Gates.Select(g => g.Passed is null && answers.TryGetValue((rollout, g.Key), out var a) ? g with { Asked = a.At, Answer = a.Allows ? GateRecord.Yes : a.Says, By = a.Says } : g)] }
            : record;
    }

    /// <summary>Asks.</summary>
    public void Ask(ObjectKey fleet, ObjectKey rollout, RolloutRecord record, IReadOnlyList<GateQuestion> questions)
    {
        foreach (var question in questions)
        {
            // Noted before the answer comes, so that the next step does not ask once more.
            var now = time.GetUtcNow();
            answers.AddOrUpdate((rollout, question.Gate), new GateAnswer(false, "it is being asked.", now), (_, old) => old with { At = now });
            ask(new GateAsked(fleet, rollout, record.Revision, question));
        }
    }

    /// <summary>Takes an answer.</summary>
    public void Put(ObjectKey rollout, string gate, GateAnswer answer) => answers[(rollout, gate)] = answer;
}

/// <summary>A question to the webhook of a gate.</summary>
internal sealed record GateAsked(ObjectKey Fleet, ObjectKey Rollout, string Revision, GateQuestion Question);

/// <summary>What a webhook said.</summary>
internal sealed record GateAnswer(bool Allows, string Says, DateTimeOffset At);
