using System.Globalization;
using System.Text.Json.Nodes;
using Flotilla.Api;
using Flotilla.Api.Components;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Selectors;

namespace Flotilla.Core.Declarations;

/// <summary>What a schema cannot say of a Component, and compiling it does not look at.</summary>
internal static class ComponentChecks
{
    private static readonly string[] Operations = ["add", "remove", "replace", "move", "copy", "test"];

    public static IEnumerable<Problem> Check(Declared declared, Component component, DateOnly? today)
    {
        for (var i = 0; i < component.Spec.Versions.Count; i++)
        {
            var version = component.Spec.Versions[i];
            var field = $"spec.versions[{i}]";
            foreach (var problem in (IEnumerable<Problem>)[.. EndOfLife(declared, version, field, today), .. Targets(declared, version, field), .. Neighbours(declared, component, version, field)])
                yield return problem;
            for (var j = 0; j < version.Patches.Count; j++)
            {
                foreach (var problem in PatchOperations(declared, version.Patches[j].Json as JsonArray ?? [], $"{field}.patches[{j}].json"))
                    yield return problem;
            }
        }
    }

    private static IEnumerable<Problem> EndOfLife(Declared declared, ComponentVersion version, string field, DateOnly? today)
    {
        if (version.EndOfLife is not { } text)
            yield break;
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var end))
            yield return declared.Error($"{field}.endOfLife", $"there is no day {text}", "write a date of the calendar, as 2027-06-30");
        else if (end < today)
            yield return declared.Warning($"{field}.endOfLife", $"version {version.Version} has had no support since {text}", "move stacks to a newer version");
    }

    private static IEnumerable<Problem> Targets(Declared declared, ComponentVersion version, string field)
    {
        (string Name, IEnumerable<ObjectTarget> Targets)[] lists =
        [
            ("health", version.Health), ("protect", version.Protect), ("replace", version.Replace), ("ignoreFields", version.IgnoreFields),
        ];
        foreach (var (name, targets) in lists)
        {
            foreach (var (i, target) in targets.Index())
            {
                if (ProblemOf(target.LabelSelector) is { } problem)
                    yield return declared.Error($"{field}.{name}[{i}].labelSelector", $"this is no selector: {problem}", "write it as kubectl's -l takes it, as app=contour,tier!=test");
            }
        }
    }

    private static IEnumerable<Problem> Neighbours(Declared declared, Component component, ComponentVersion version, string field)
    {
        foreach (var (name, list) in ((string, IReadOnlyList<ComponentRequirement>)[])[("requires", version.Requires), ("conflicts", version.Conflicts)])
        {
            for (var i = 0; i < list.Count; i++)
            {
                if (list[i].Component == component.Metadata.Name)
                    yield return declared.Error($"{field}.{name}[{i}].component", $"{component.Metadata.Name} names itself", "remove it; one version of a component is in a stack at most");
            }
        }
    }

    private static IEnumerable<Problem> PatchOperations(Declared declared, JsonArray operations, string field)
    {
        for (var i = 0; i < operations.Count; i++)
        {
            var op = operations[i].String("op");
            var at = $"{field}[{i}]";
            if (op is null || !Operations.Contains(op))
                yield return declared.Error($"{at}.op", op is null ? "is missing" : $"there is no operation {op}", op is null ? "write one of " + string.Join(", ", Operations) : Nearest.Remedy(op, Operations));
            foreach (var pointer in (string[])(op is "move" or "copy" ? ["path", "from"] : ["path"]))
            {
                var path = operations[i].String(pointer);
                if (path is null || (path.Length > 0 && path[0] != '/'))
                    yield return declared.Error($"{at}.{pointer}", path is null ? "is missing" : $"{path} is no JSON pointer", "write it with slashes, as /spec/replicas (RFC 6901)");
            }
            if (op is "add" or "replace" or "test" && operations[i] is JsonObject operation && !operation.ContainsKey("value"))
                yield return declared.Error($"{at}.value", "is missing", $"{op} needs a value");
        }
    }

    private static string? ProblemOf(string? selector)
    {
        try
        {
            LabelSelector.Parse(selector);
            return null;
        }
        catch (SelectorException e)
        {
            return e.Message;
        }
    }
}
