using System.Collections.Concurrent;
using System.Globalization;
using Flotilla.Api;
using Flotilla.Api.Components;
using Flotilla.Api.Stacks;
using Flotilla.Content;
using Flotilla.Core;
using Flotilla.Core.Fleets;
using Flotilla.Core.Releases;
using Flotilla.Core.Stacks;
using Flotilla.Hub.Components;
using Flotilla.Hub.Hosting;
using Flotilla.Kubernetes.Client;

namespace Flotilla.Hub.Stacks;

/// <summary>Compiles stacks when something that they are made of changed.</summary>
/// <param name="compiled">Told of a stack whose outcome means something else than before.</param>
internal sealed class StackReconciler(
    Func<ObjectKey, Stack?> declared, Func<ObjectKey, Component?> component, IContentStore content, ReleaseStore store, RevisionBook revisions, RevisionLibrary library,
    StatusWriter status, Action<ObjectKey> compiled, TimeProvider time)
{
    private readonly ConcurrentDictionary<ObjectKey, (string Inputs, RevisionOutcome Outcome)> last = new();

    public async Task<NextLook> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (declared(key) is not { } stack)
        {
            last.TryRemove(key, out _);
            revisions.Put(key, new CompiledStack(null, new FleetProblem(Reasons.NoSuchStack, $"There is no Stack {key.Name} in this namespace: declare it, or change spec.stack.", Stalled: true)));
            compiled(key);
            return new NextLook.OnChange();
        }
        var components = stack.Spec.Slots.SelectMany(s => s.Use).Select(u => u.Component).Distinct(StringComparer.Ordinal)
            .Select(name => component(new ObjectKey(key.Namespace, name))).OfType<Component>().ToList();
        var sources = await ReadSourcesAsync(stack, components, cancellation);
        var inputs = Describe(stack, components, sources.Keys);
        if (!last.TryGetValue(key, out var known) || known.Inputs != inputs)
        {
            var outcome = RevisionCompiler.Compile(stack, components, digest => sources.TryGetValue(digest, out var bytes) ? bytes : null);
            if (outcome.Revision is { } revision)
            {
                await store.KeepAsync(revision, cancellation);
                library.Put(revision);
            }
            last[key] = known = (inputs, outcome);
        }
        if (revisions.Put(key, new CompiledStack(known.Outcome.Revision, StackDecision.ProblemOf(key.Name, known.Outcome))))
            compiled(key);
        var said = StackDecision.Decide(stack, known.Outcome, time.GetUtcNow());
        if (!ReferenceEquals(said, stack.Status) && said != stack.Status)
            await status.WriteAsync(HubResources.Stacks, key, said, ApiJson.Default.StackStatus, cancellation);
        return new NextLook.OnChange();
    }

    /// <summary>The content of the versions that the stack uses, as far as it is here.</summary>
    private async Task<Dictionary<string, ReadOnlyMemory<byte>>> ReadSourcesAsync(Stack stack, IEnumerable<Component> components, CancellationToken cancellation)
    {
        var uses = stack.Spec.Slots.SelectMany(s => s.Use).Select(u => (u.Component, u.Version)).ToHashSet();
        var found = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (var digest in components.SelectMany(c => c.Spec.Versions.Where(v => uses.Contains((c.Metadata.Name, v.Version)))).SelectMany(v => SourceDigests.Of(v.Source)).Distinct(StringComparer.Ordinal))
        {
            if (Digest.TryParse(digest, out var parsed) && await content.ReadAsync(parsed, cancellation) is { } bytes)
                found[digest] = bytes;
        }
        return found;
    }

    private static string Describe(Stack stack, IEnumerable<Component> components, IEnumerable<string> sources) => string.Join(
        '\n', [stack.Metadata.Uid + Number(stack.Metadata.Generation), .. components.Select(c => c.Metadata.Uid + Number(c.Metadata.Generation)), .. sources]);

    private static string Number(long generation) => generation.ToString("'/'0", CultureInfo.InvariantCulture);
}
