using Flotilla.Core.Rollouts;
using Flotilla.Kubernetes.Client;

namespace Flotilla.Hub.Rollouts;

/// <summary>Who is told of what happens in rollouts, besides their objects. Must be quick; losing what was told costs nobody's site anything.</summary>
internal interface IRolloutAudience
{
    /// <param name="before">The rollout before the step.</param>
    /// <param name="outcome">What the step came to.</param>
    /// <param name="story">What it told, with the rollout's beginning.</param>
    void Hear(ObjectKey rollout, RolloutRecord before, RolloutOutcome outcome, IReadOnlyList<StoryEntry> story);
}
