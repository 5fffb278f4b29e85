using Flotilla.Api.Components;
using Flotilla.Api.Stacks;
using Flotilla.Core.Releases.Ordering;
using Flotilla.Core.Releases.Parameters;
using Flotilla.Core.Releases.Patching;
using Flotilla.Core.Releases.Sources;
using Flotilla.Core.Versions;

namespace Flotilla.Core.Releases;

/// <summary>A revision, or why there is none.</summary>
/// <param name="Revision">The revision; null when there are problems.</param>
/// <param name="Problems">All of them.</param>
public sealed record RevisionOutcome(Revision? Revision, IReadOnlyList<CompileProblem> Problems)
{
    /// <summary>Whether nothing has to change: what is named in the problems only has to come.</summary>
    public bool IsWaiting => Problems.Count > 0 && Problems.All(p => p.Kind == ProblemKind.Waiting);
}

/// <summary>Compiles a stack to a revision. Depends on its arguments only.</summary>
public static class RevisionCompiler
{
    /// <summary>Compiles.</summary>
    /// <param name="stack">The stack.</param>
    /// <param name="components">The components that it may use; others do not matter.</param>
    /// <param name="content">The bytes behind a digest (<c>sha256:…</c>); null while they are not there.</param>
    public static RevisionOutcome Compile(Stack stack, IEnumerable<Component> components, Func<string, ReadOnlyMemory<byte>?> content)
    {
        var problems = new ProblemList();
        var uses = StackUses.Read(stack, components, problems);
        return Compile(uses, ComponentOrder.Of(uses, stack, problems), stack.Spec.Prune ?? new PrunePolicy(), content, problems);
    }

    /// <summary>Compiles what was found and ordered already.</summary>
    internal static RevisionOutcome Compile(
        IReadOnlyList<ComponentUse> uses, ComponentOrder order, PrunePolicy prune, Func<string, ReadOnlyMemory<byte>?> content, ProblemList problems)
    {
        var objects = uses.ToDictionary(u => u, u => SourceReader.Read(u, content, problems));
        var scopes = KindScopes.Of(objects.Values.SelectMany(o => o).Select(o => o.Content));
        var compiled = new Dictionary<ComponentUse, CompiledComponent>();
        foreach (var use in uses)
        {
            if (VersionRange.TryParse(use.Version.UpgradeFrom, out var wrong) is null)
                problems.Add(use.VersionPlace.At("upgradeFrom").Stalled(wrong, "write a range as \">=1.2 <2\""));
            var parameters = ParameterBinding.Read(use, problems);
            var component = compiled[use] = new CompiledComponent(use, order.After(use.Name), parameters);
            var patches = PatchReader.Read(use, parameters, problems);
            if (objects[use].Count > 0)
                ComponentCompiler.Compile(component, objects[use], patches, scopes, problems);
        }
        Duplicates.Find(compiled.Values, problems);
        return problems.Any
            ? new RevisionOutcome(null, problems.ToSorted())
            : new RevisionOutcome(new Revision([.. order.Sorted.Select(u => compiled[u])], prune, scopes), []);
    }
}
