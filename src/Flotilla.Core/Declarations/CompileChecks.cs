using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Flotilla.Api;
using Flotilla.Api.Components;
using Flotilla.Api.Stacks;
using Flotilla.Core.Releases;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Core.Declarations;

/// <summary>Compiles what is given, as the hub will, and brings what that finds to the lines where it was written.</summary>
internal sealed class CompileChecks(ObjectIndex index, IReadOnlyList<SoundObject> sound, Func<string, ReadOnlyMemory<byte>?> content, List<Problem> problems)
{
    private readonly Dictionary<(string Kind, string Namespace, string Name), SoundObject> given =
        sound.DistinctBy(one => (one.Declared.Kind, one.Declared.Namespace, one.Declared.Name))
            .ToDictionary(one => (one.Declared.Kind, one.Declared.Namespace, one.Declared.Name));

    private readonly HashSet<(string Component, string Version)> compiled = [];

    public void Check()
    {
        foreach (var ns in sound.Select(one => one.Declared.Namespace).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            CheckNamespace(ns);
    }

    private void CheckNamespace(string ns)
    {
        compiled.Clear();
        var components = Typed("Component", ns, ApiJson.Default.Component);
        foreach (var (name, stack) in Typed("Stack", ns, ApiJson.Default.Stack))
            CheckStack(ns, name, stack, components);
        foreach (var (name, component) in components)
        {
            if (Given("Component", ns, name) is not null)
                CheckUnused(ns, component);
        }
    }

    private void CheckStack(string ns, string name, Stack stack, SortedDictionary<string, Component> components)
    {
        var uses = stack.Spec.Slots.SelectMany(slot => slot.Use).ToList();
        var isGiven = Given("Stack", ns, name) is not null;
        var isTouched = isGiven || uses.Any(use => Given("Component", ns, use.Component) is not null);
        // What a broken component means for its stacks shows when it is mended.
        if (!isTouched && !HasGivenSites(ns, name) || uses.Any(use => !components.ContainsKey(use.Component) && index.IsGiven("Component", ns, use.Component)))
            return;
        var outcome = RevisionCompiler.Compile(stack, components.Values, content);
        var stalled = outcome.Problems.Where(problem => problem.Kind == ProblemKind.Stalled).ToList();
        var own = stalled.Where(problem => problem.Object == $"Stack/{name}").ToList();
        // Mistakes of a stack reach into its components; those are tried alone then.
        if (own.Count == 0)
            compiled.UnionWith(uses.Select(use => (use.Component, use.Version)));
        foreach (var problem in own.Count == 0 ? stalled : own)
            Tell(ns, problem);
        if (!isGiven && own.Count > 0)
            TellOfStoredStack(ns, name, uses, own[0]);
        if (outcome.Revision is { } revision)
            CheckSites(ns, name, revision);
    }

    /// <summary>A stack that nobody declares here is broken by what is: that is told where the component is declared.</summary>
    private void TellOfStoredStack(string ns, string name, List<StackUse> uses, CompileProblem first)
    {
        if (uses.Select(use => Given("Component", ns, use.Component)).FirstOrDefault(one => one is not null) is { } component)
            problems.Add(component.Declared.Warning("metadata.name", $"Stack {ns}/{name}, which the hub has, will not compile any more: {first.Field}: {first.Message}", first.Remedy));
    }

    /// <summary>Versions that no stack uses are tried alone; what they would need around them does not count.</summary>
    private void CheckUnused(string ns, Component component)
    {
        foreach (var version in component.Spec.Versions.Where(version => !compiled.Contains((component.Metadata.Name, version.Version))))
        {
            // Any site might give the values that are required.
            var values = version.Parameters.Where(parameter => parameter.Required).Select(parameter => new ParameterValue { Name = parameter.Name, Value = $"${{site.{parameter.Name}}}" });
            var use = new StackUse { Component = component.Metadata.Name, Version = version.Version, Values = [.. values] };
            var alone = new Stack { Spec = new StackSpec { Slots = [new StackSlot { Role = component.Spec.Role, Use = [use] }] } };
            foreach (var problem in RevisionCompiler.Compile(alone, [component], content).Problems.Where(p => p.Kind == ProblemKind.Stalled && p.Object.StartsWith("Component/", StringComparison.Ordinal)))
                Tell(ns, problem);
        }
    }

    private bool HasGivenSites(string ns, string stack) => SitesOf(ns, stack).Any();

    private void CheckSites(string ns, string stack, Revision revision)
    {
        foreach (var site in SitesOf(ns, stack))
        {
            foreach (var problem in ReleaseCompiler.Compile(revision, SiteInputs.Of(site.Decoded.Deserialize(ApiJson.Default.Site)!)).Problems)
                Tell(ns, problem);
        }
    }

    /// <summary>The given sites that run a stack.</summary>
    private IEnumerable<SoundObject> SitesOf(string ns, string stack)
    {
        foreach (var fleet in index.All("Fleet", ns).Where(fleet => fleet.Object("spec").String("stack") == stack))
        {
            if (FleetChecks.TrySelector(fleet) is not { } selector)
                continue;
            foreach (var site in sound.Where(one => one.Declared.Kind == "Site" && one.Declared.Namespace == ns && selector.Matches(FleetChecks.LabelsOf(one.Decoded))))
                yield return site;
        }
    }

    private void Tell(string ns, CompileProblem found)
    {
        var slash = found.Object.IndexOf('/', StringComparison.Ordinal);
        if (Given(found.Object[..slash], ns, found.Object[(slash + 1)..])?.Declared is not { } declared)
            return;
        var problem = declared.Error(found.Field, found.Message, RemedyOf(declared, found));
        if (found.Line is not { } line)
            problems.Add(problem);
        else if (declared.ContentFiles.TryGetValue(found.Field, out var file))
            problems.Add(problem with { File = file, Line = line, Field = found.Field[..found.Field.LastIndexOf(".content", StringComparison.Ordinal)] + ".files" });
        else if (found.Field.EndsWith(".inline", StringComparison.Ordinal))
            problems.Add(problem with { Line = problem.Line + InlineLine(declared, found.Field, line) });
        else
            problems.Add(problem);
    }

    /// <summary>The compiler does not know what else there is.</summary>
    private string RemedyOf(Declared declared, CompileProblem found)
    {
        var name = found.Field.EndsWith(".component", StringComparison.Ordinal) ? FieldPlaces.ValueOf(declared.Object, found.Field).AsStringOrNull() : null;
        return name is not null && index.Find("Component", declared.Namespace, name) is null ? index.Remedy("Component", declared.Namespace, name) : found.Remedy;
    }

    /// <summary>Lines below the field: the text of a block begins on the line after it.</summary>
    private static int InlineLine(Declared declared, string field, int line) =>
        FieldPlaces.ValueOf(declared.Object, field).AsStringOrNull()?.Contains('\n', StringComparison.Ordinal) == true ? line : 0;

    private SoundObject? Given(string kind, string ns, string name) => given.GetValueOrDefault((kind, ns, name));

    private SortedDictionary<string, T> Typed<T>(string kind, string ns, JsonTypeInfo<T> type)
    {
        var typed = new SortedDictionary<string, T>(StringComparer.Ordinal);
        foreach (var obj in index.All(kind, ns))
        {
            var name = obj.Object("metadata").String("name")!;
            var source = Given(kind, ns, name)?.Decoded ?? (index.IsGiven(kind, ns, name) ? null : obj);
            if (source is not null && Read(source, type) is { } value)
                typed[name] = value;
        }
        return typed;
    }

    /// <summary>Null for what another version of the hub wrote in a way that this one cannot read.</summary>
    private static T? Read<T>(JsonObject source, JsonTypeInfo<T> type)
    {
        try
        {
            return source.Deserialize(type);
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
