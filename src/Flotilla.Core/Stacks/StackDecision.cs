using Flotilla.Api;
using Flotilla.Api.Stacks;
using Flotilla.Core.Fleets;
using Flotilla.Core.Releases;

namespace Flotilla.Core.Stacks;

/// <summary>What the status of a stack says, and what its fleets are told.</summary>
public static class StackDecision
{
    private const int MostProblems = 20;

    public static StackStatus Decide(Stack stack, RevisionOutcome outcome, DateTimeOffset now)
    {
        var before = stack.Status ?? new StackStatus();
        var writing = new ConditionWriting(before.Conditions, stack.Metadata.Generation, now);
        var status = outcome.Revision is { } revision
            ? new StackStatus
            {
                Conditions = [writing.Make("Ready", ConditionStatus.True, Reasons.Compiled, "The stack compiles.")],
                Revision = revision.Digest,
                Order = revision.Order,
            }
            // What compiled last stays to be seen: fleets go on with it.
            : before with
            {
                Conditions =
                [
                    writing.Make("Ready", ConditionStatus.False, outcome.IsWaiting ? Reasons.WaitingForSource : Reasons.CompileFailed, Text(outcome)),
                ],
            };
        return Same(before, status) ? before : status;
    }

    /// <summary>Why fleets get nothing new; null when there is a revision.</summary>
    public static FleetProblem? ProblemOf(string stack, RevisionOutcome outcome) => outcome.Revision is not null ? null
        : new(Reasons.StackNotReady, $"The stack {stack} {(outcome.IsWaiting ? "waits" : "does not compile")}: {outcome.Problems.FirstOrDefault()?.ToString() ?? "no reason is known"}.", !outcome.IsWaiting);

    private static bool Same(StackStatus a, StackStatus b) =>
        a.Revision == b.Revision && a.Order.SequenceEqual(b.Order) && a.Conditions.SequenceEqual(b.Conditions);

    private static string Text(RevisionOutcome outcome)
    {
        var more = outcome.Problems.Count - MostProblems;
        return string.Join('\n', outcome.Problems.Take(MostProblems)) + (more > 0 ? $"\nand {more} more" : "");
    }
}
