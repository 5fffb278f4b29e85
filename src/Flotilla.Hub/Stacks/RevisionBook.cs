using System.Collections.Concurrent;
using Flotilla.Core.Fleets;
using Flotilla.Core.Releases;
using Flotilla.Kubernetes.Client;

namespace Flotilla.Hub.Stacks;

/// <summary>What stacks compile to, as far as it was looked at.</summary>
internal sealed class RevisionBook
{
    private readonly ConcurrentDictionary<ObjectKey, CompiledStack> known = new();

    /// <summary>Null when it was not compiled yet since the hub started.</summary>
    public CompiledStack? Find(ObjectKey stack) => known.GetValueOrDefault(stack);

    /// <summary>Notes an outcome.</summary>
    /// <returns>Whether it means something else to fleets than before.</returns>
    public bool Put(ObjectKey stack, CompiledStack compiled)
    {
        var before = known.GetValueOrDefault(stack);
        known[stack] = compiled;
        return before?.Revision?.Digest != compiled.Revision?.Digest || before?.Problem != compiled.Problem;
    }

    public void Remove(ObjectKey stack) => known.TryRemove(stack, out _);
}

/// <summary>A revision, or why there is none.</summary>
internal sealed record CompiledStack(Revision? Revision, FleetProblem? Problem);
