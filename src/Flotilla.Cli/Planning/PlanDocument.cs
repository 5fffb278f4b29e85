using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Core.Applying;
using Flotilla.Core.Releases.Changes;
using Flotilla.Core.Rollouts.Forecasts;

namespace Flotilla.Cli.Planning;

/// <summary>A plan for programs.</summary>
internal static class PlanDocument
{
    /// <param name="forecasts">By the names of fleets.</param>
    public static JsonObject Of(IEnumerable<PlannedFleet> plans, IReadOnlyDictionary<string, Forecast> forecasts) =>
        new() { ["fleets"] = List(plans, p => Fleet(p, forecasts.GetValueOrDefault(p.Name))) };

    private static JsonNode Fleet(PlannedFleet planned, Forecast? forecast) => Without(new JsonObject
    {
        ["namespace"] = planned.Namespace,
        ["name"] = planned.Plan.Fleet,
        ["cameFrom"] = planned.Origin,
        ["from"] = planned.Plan.From,
        ["to"] = planned.Plan.To,
        ["touched"] = planned.Plan.Touched,
        ["untouched"] = planned.Plan.Untouched,
        ["behind"] = List(planned.Behind, name => name),
        ["components"] = List(planned.Plan.Components, c => Without(new JsonObject
        {
            ["name"] = c.Name,
            ["change"] = Word(c.Kind),
            ["before"] = c.Before,
            ["after"] = c.After,
        })),
        ["groups"] = List(planned.Plan.Groups, Group),
        ["problems"] = List(planned.Plan.Problems, p => p.ToString()),
        ["forecast"] = forecast is null ? null : JsonSerializer.SerializeToNode(forecast, ForecastJson.Default.Forecast),
    });

    private static JsonNode Group(SiteGroup group) => new JsonObject
    {
        ["sites"] = List(group.Sites, name => name),
        ["objects"] = List(group.Changes.Objects, o => new JsonObject
        {
            ["object"] = o.Id.ToString(),
            ["component"] = o.Component,
            ["change"] = Word(o.Kind),
            ["fields"] = List(o.Fields, f => f.Path),
        }),
        ["deletions"] = List(group.Deletions, d => Without(new JsonObject
        {
            ["object"] = d.Verdict.Object.ToString(),
            ["deleted"] = d.Verdict.Outcome == PruneOutcome.Delete,
            ["reason"] = d.Verdict.Reason,
            ["message"] = d.Verdict.Message,
            ["remedy"] = d.Verdict.Remedy is { Length: > 0 } remedy ? remedy : null,
            ["unless"] = d.Unless,
        })),
    };

    private static JsonArray List<T>(IEnumerable<T> items, Func<T, JsonNode?> node) => new([.. items.Select(node)]);

    private static JsonObject Without(JsonObject document)
    {
        foreach (var name in document.Where(member => member.Value is null).Select(member => member.Key).ToList())
            document.Remove(name);
        return document;
    }

    private static string Word(ChangeKind kind) => kind.ToString().ToLowerInvariant();
}
