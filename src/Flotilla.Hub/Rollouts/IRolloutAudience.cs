using Flotilla.Core.Rollouts;
using Flotilla.Kubernetes.Client;

namespace Flotilla.Hub.Rollouts;

/// <summary>Who is told of what happens in rollouts, besides their objects. Must be quick; losing what was told costs nobody's site anything.</summary>
internal interface IRolloutAudience
{
    void Hear(ObjectKey rollout, RolloutRecord record, RolloutOutcome outcome, IReadOnlyList<StoryEntry> story);
}
