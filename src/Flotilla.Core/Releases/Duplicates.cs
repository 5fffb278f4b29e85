using Flotilla.Core.Applying;
using Flotilla.Core.Releases.Sources;

namespace Flotilla.Core.Releases;

/// <summary>Finds objects that are declared more than once.</summary>
internal static class Duplicates
{
    public static void Find(IEnumerable<CompiledComponent> components, ProblemList problems)
    {
        var seen = new Dictionary<ObjectId, (string Component, ManifestObject Source)>();
        foreach (var component in components)
        {
            var declared = component.Shared.Select(o => (o.Key, o.Source))
                .Concat(component.Open.Where(o => o.Key is not null).Select(o => (Key: o.Key!.Value, o.Source)));
            foreach (var (key, source) in declared)
            {
                if (!seen.TryAdd(key, (component.Use.Name, source)))
                    problems.Add(Problem(key, source, component.Use.Name, seen[key].Component, seen[key].Source.Line));
            }
        }
    }

    public static CompileProblem Problem(ObjectId key, ManifestObject source, string component, string other, int? line)
    {
        var where = line is null ? "" : $" at line {line} of its manifest";
        return other == component
            ? source.Source.Stalled($"{key} is declared twice by component {component}, before{where}", "remove one", source.Line)
            : source.Source.Stalled($"{key} is declared by component {component} and by component {other}{where}", "remove it from one of them, by a patch with $patch: delete or another name", source.Line);
    }
}
