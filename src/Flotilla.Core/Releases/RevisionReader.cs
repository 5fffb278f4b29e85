using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Api;
using Flotilla.Api.Components;
using Flotilla.Api.Stacks;
using Flotilla.Core.Releases.Ordering;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Core.Releases;

/// <summary>Compiles a revision again from what it was made of, long after its declarations changed.</summary>
public static class RevisionReader
{
    /// <summary>Digests of the manifests that a revision's inputs name.</summary>
    /// <exception cref="JsonException">These are no inputs of a revision.</exception>
    public static IReadOnlyList<string> SourcesOf(ReadOnlyMemory<byte> inputs) =>
        [.. ComponentsOf(Parse(inputs)).SelectMany(c => Texts(c, "sources")).Distinct(StringComparer.Ordinal)];

    /// <summary>Compiles; what comes out has the digest that was asked for, or there is a problem.</summary>
    /// <param name="digest">The revision's digest.</param>
    /// <param name="inputs">What is stored under it (<see cref="Revision.Inputs"/>).</param>
    /// <param name="content">The bytes behind a digest; null when they are not there.</param>
    public static RevisionOutcome Read(string digest, ReadOnlyMemory<byte> inputs, Func<string, ReadOnlyMemory<byte>?> content)
    {
        var place = new Place($"Revision/{digest}", "");
        try
        {
            var stored = Parse(inputs);
            if (stored.Member("form")?.ToJsonString() is var form && form != RevisionInputs.Form.ToString(System.Globalization.CultureInfo.InvariantCulture))
                return Failed(place.At("form").Stalled($"its form is {form ?? "not given"}, and this hub makes form {RevisionInputs.Form}", "use a revision that the stack compiles to now"));
            var problems = new ProblemList();
            var components = ComponentsOf(stored).ToList();
            var uses = components.Select((c, i) => Use(c, place.At($"components[{i}]"))).ToList();
            var after = components.ToDictionary(c => Text(c, "name"), c => Texts(c, "after"), StringComparer.Ordinal);
            var prune = stored["prune"].Deserialize(ApiJson.Default.PrunePolicy) ?? new PrunePolicy();
            var outcome = RevisionCompiler.Compile(uses, ComponentOrder.OfKnown(uses, after, problems), prune, content, problems);
            return outcome.Revision is { } made && made.Digest != digest
                ? Failed(place.Stalled($"what it is made of compiles to {made.Digest} here", "use a revision that the stack compiles to now"))
                : outcome;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return Failed(place.Stalled($"what is stored under its digest are no inputs of a revision: {e.Message}", "name the digest of a revision"));
        }
    }

    private static ComponentUse Use(JsonObject component, Place place)
    {
        var (name, role, version) = (Text(component, "name"), Text(component, "role"), Text(component, "version"));
        var read = new ComponentVersion
        {
            Version = version,
            Source = new ComponentSource { Content = Texts(component, "sources"), Substitute = Truth(component, "substitute") },
            UpgradeFrom = component.String("upgradeFrom"),
            Parameters = List(component, "parameters", ApiJson.Default.ComponentParameter),
            Patches = List(component, "patches", ApiJson.Default.ObjectPatch),
            Requires = List(component, "requires", ApiJson.Default.ComponentRequirement),
            Conflicts = List(component, "conflicts", ApiJson.Default.ComponentRequirement),
            Health = List(component, "health", ApiJson.Default.HealthRule),
            Protect = List(component, "protect", ApiJson.Default.ObjectTarget),
            Replace = List(component, "replace", ApiJson.Default.ObjectTarget),
            IgnoreFields = List(component, "ignoreFields", ApiJson.Default.IgnoredFields),
        };
        return new ComponentUse(
            new Component { Metadata = new ObjectMeta { Name = name }, Spec = new ComponentSpec { Role = role, Versions = [read] } },
            read,
            new StackSlot { Role = role },
            new StackUse { Component = name, Version = version, Adopt = Truth(component, "adopt"), Values = List(component, "values", ApiJson.Default.ParameterValue) },
            place,
            place);
    }

    private static JsonObject Parse(ReadOnlyMemory<byte> inputs) => JsonText.Parse(inputs.Span) as JsonObject ?? throw new JsonException("no object");

    private static IEnumerable<JsonObject> ComponentsOf(JsonObject stored) =>
        stored.Array("components")?.Select(c => c as JsonObject ?? throw new JsonException("components: no objects")) ?? throw new JsonException("components is missing");

    private static string Text(JsonObject component, string field) => component.String(field) ?? throw new JsonException($"{field} is missing");

    private static bool Truth(JsonObject component, string field) => component.Member(field)?.GetValueKind() switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new JsonException($"{field} is missing"),
    };

    private static IReadOnlyList<string> Texts(JsonObject component, string field) =>
        [.. Array(component, field).Select(t => t.AsStringOrNull() ?? throw new JsonException($"{field}: no texts"))];

    private static IReadOnlyList<T> List<T>(JsonObject component, string field, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        [.. Array(component, field).Select(e => JsonSerializer.Deserialize(e, type) ?? throw new JsonException($"{field}: null"))];

    private static JsonArray Array(JsonObject component, string field) => component.Array(field) ?? throw new JsonException($"{field} is missing");

    private static RevisionOutcome Failed(CompileProblem problem) => new(null, [problem]);
}
