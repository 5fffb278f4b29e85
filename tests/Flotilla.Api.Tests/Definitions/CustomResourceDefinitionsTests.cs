using System.Text.Json.Nodes;
using Flotilla.Api.Definitions;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;

namespace Flotilla.Api.Tests.Definitions;

/// <summary>The definitions as an API server takes them.</summary>
public sealed class CustomResourceDefinitionsTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly ResourceReference Definitions = new("apiextensions.k8s.io", "v1", "customresourcedefinitions", false, "CustomResourceDefinition");

    [Theory]
    [InlineData("sites", "site")]
    [InlineData("components", "cmp")]
    [InlineData("stacks", "stk")]
    [InlineData("fleets", "flt")]
    [InlineData("rollouts", "ro")]
    [InlineData("rolloutstrategies", "ros")]
    [InlineData("maintenancewindows", "mw")]
    [InlineData("approvals", "apv")]
    public async Task A_definition_is_taken_without_a_warning_and_served(string plural, string shortName)
    {
        var definition = (await fixture.Api.Client.GetAsync(Definitions, null, $"{plural}.flotilla.dev", TestContext.Current.CancellationToken))!;
        var conditions = definition.Object("status").Array("conditions")!.OfType<JsonObject>().ToDictionary(c => c.String("type")!, c => c.String("status"));
        Assert.Equal("True", conditions["NamesAccepted"]);
        Assert.Equal("True", conditions["Established"]);
        Assert.DoesNotContain("NonStructuralSchema", conditions.Keys);
        Assert.Empty(fixture.Api.Warnings);
        Assert.Equal(shortName, definition.Object("status").Object("acceptedNames").Array("shortNames")![0].AsStringOrNull());
    }

    [Theory]
    [InlineData("{kind: Site, spec: {parameters: [{name: a}, {name: country, value: x}], location: {latitude: 91, longitude: 0}}}",
        "spec.parameters[0]", "spec.parameters[1].name", "spec.location.latitude")]
    [InlineData("{kind: Component, spec: {role: x, versions: [{version: 1.0.0, source: {inline: a, content: ['sha256:0']}, parameters: [{name: a, required: true, default: 1}, {name: b, type: integer, default: x}]}]}}",
        "spec.versions[0].source", "spec.versions[0].source.content[0]", "spec.versions[0].parameters[0].default", "spec.versions[0].parameters[1].default")]
    [InlineData("{kind: Component, spec: {role: x, versions: [{version: 1.0.0, source: {inline: a}, patches: [{target: {name: x}, merge: {a: 1}}, {target: {kind: X}}], requires: [{}], protect: [{}]}]}}",
        "spec.versions[0].patches[0].target.kind", "spec.versions[0].patches[1]", "spec.versions[0].requires[0]", "spec.versions[0].protect[0]")]
    [InlineData("{kind: Component, spec: {versions: []}}", "spec.role", "spec.versions")]
    [InlineData("{kind: Stack, spec: {slots: [{role: network, after: [network], use: []}]}}", "spec.slots[0].after", "spec.slots[0].use")]
    [InlineData("{kind: Fleet, spec: {stack: a, selector: {matchExpressions: [{key: a, operator: In}]}, rollout: {maxConcurrent: 0}}}",
        "spec.selector.matchExpressions[0].values", "spec.rollout.maxConcurrent")]
    [InlineData("{kind: Fleet, spec: {stack: a, selector: {}, rollout: {strategy: careful, maxConcurrent: 1}, freezes: [{from: 2027-01-02T00:00:00Z, to: 2027-01-02T00:00:00+01:00}], windows: [A b]}}",
        "spec.rollout.strategy", "spec.freezes[0].to", "spec.windows[0]")]
    [InlineData("{kind: RolloutStrategy, spec: {waves: [{name: a}, {name: b, select: {count: 1, percent: 1}}, {name: c, select: {}}], retries: -1}}",
        "spec.waves", "spec.waves[1].select", "spec.waves[2].select", "spec.retries")]
    [InlineData("{kind: RolloutStrategy, spec: {waves: [{name: a}, {name: b}], progressDeadline: 0s, budget: {maxFailed: 101%}}}", "spec.waves", "spec.progressDeadline", "spec.budget.maxFailed")]
    [InlineData("{kind: RolloutStrategy, spec: {budget: {onBudget: Panic}}}", "spec.budget.onBudget")]
    [InlineData("{kind: RolloutStrategy, spec: {waves: [{name: a, select: {count: 0}, maxConcurrent: 0, before: [{}, {soak: 0s}, {soak: 1d, approval: {}}, {webhook: {url: 'ftp://x'}}]}, {name: b, select: {percent: 101}}], notify: [{}]}}",
        "spec.waves[0].select.count", "spec.waves[0].maxConcurrent", "spec.waves[0].before[0]", "spec.waves[0].before[1].soak", "spec.waves[0].before[2]", "spec.waves[0].before[3].webhook.url",
        "spec.waves[1].select.percent", "spec.notify[0].webhook")]
    [InlineData("{kind: MaintenanceWindow, spec: {open: [{days: [Mon], from: '22:00', to: '22:00'}, {days: [Mon, Mo], from: '25:00', to: '05:00'}, {days: [], from: '24:00', to: '5:00'}]}}",
        "spec.open[1].days[1]", "spec.open[1].from", "spec.open[2].days", "spec.open[2].to")]
    [InlineData("{kind: MaintenanceWindow, spec: {open: [{days: [Mon], from: '22:00', to: '22:00'}], dates: [{from: 2027-01-02T10:00, to: 2027-01-02}, {from: 2027-01-02T10:00, to: 2027-01-01}], blackouts: [{from: 2027-02-02, to: 2027-02-01}, {from: 2027-02-02, to: 2027-02-02}]}}",
        "spec.open[0].to", "spec.dates[1].to", "spec.blackouts[0].to")]
    [InlineData("{kind: MaintenanceWindow, spec: {timeZone: Site}}", "spec")]
    [InlineData("{kind: Approval, spec: {rollout: stores-1, gate: canary, by: ''}}", "spec.gate", "spec.by")]
    public async Task A_wrong_object_is_refused_with_all_its_problems(string yaml, params string[] fields)
    {
        var obj = (JsonObject)YamlReader.ReadAll(yaml)[0].Content!;
        obj["apiVersion"] = CustomResourceDefinitions.ApiVersion;
        obj["metadata"] = new JsonObject { ["name"] = "wrong", ["namespace"] = "default" };
        var refused = await Assert.ThrowsAsync<ApiStatusException>(() => fixture.Api.ApplyAsync(obj, TestContext.Current.CancellationToken));
        Assert.Equal(422, refused.Status.Code);
        Assert.Equal(fields.Order(StringComparer.Ordinal), refused.Status.Causes.Select(cause => cause.Field).Where(field => field != "<nil>").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Rollout", "{fleet: a, revision: r, paused: true}", "{fleet: b, revision: s}", "spec.fleet", "spec.revision")]
    [InlineData("Rollout", "{fleet: a, revision: r, rollBack: true, cancel: true}", "{fleet: a, revision: r, cancel: false}", "spec.rollBack", "spec.cancel")]
    [InlineData("Rollout", "{fleet: a, revision: r, paused: true, skip: [s1]}", "{fleet: a, revision: r, rollBack: true, cancel: true, retry: [{site: s2, times: 2}]}")]
    [InlineData("Approval", "{rollout: a-1, gate: canary/after/0, by: ann}", "{rollout: a-1, gate: canary/after/0, by: bob}", "spec")]
    public async Task What_was_said_once_stays_said(string kind, string before, string after, params string[] fields)
    {
        var name = $"said-{Guid.NewGuid():N}";
        await fixture.Api.ApplyAsync(Said(before), TestContext.Current.CancellationToken);
        if (fields.Length == 0)
        {
            await fixture.Api.ApplyAsync(Said(after), TestContext.Current.CancellationToken);
            return;
        }
        var refused = await Assert.ThrowsAsync<ApiStatusException>(() => fixture.Api.ApplyAsync(Said(after), TestContext.Current.CancellationToken));
        Assert.Equal(fields.Order(StringComparer.Ordinal), refused.Status.Causes.Select(cause => cause.Field).Order(StringComparer.Ordinal));

        JsonObject Said(string spec) => new()
        {
            ["apiVersion"] = CustomResourceDefinitions.ApiVersion,
            ["kind"] = kind,
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" },
            ["spec"] = YamlReader.ReadAll(spec)[0].Content,
        };
    }

    [Fact]
    public async Task A_misspelt_field_is_refused_by_a_strict_server()
    {
        var obj = (JsonObject)YamlReader.ReadAll("{apiVersion: flotilla.dev/v1alpha1, kind: Site, metadata: {name: wrong, namespace: default}, spec: {pause: true}}")[0].Content!;
        var refused = await Assert.ThrowsAsync<ApiStatusException>(() => fixture.Api.ApplyAsync(obj, TestContext.Current.CancellationToken));
        Assert.Contains("spec.pause", refused.Status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_default_of_a_type_is_filled_in_and_numbers_stay_numbers()
    {
        var obj = (JsonObject)YamlReader.ReadAll(
            "{apiVersion: flotilla.dev/v1alpha1, kind: Component, metadata: {name: filled, namespace: default}, spec: {role: x, versions: [{version: 1.0.0, source: {inline: a}, parameters: [{name: a, default: 5}]}]}}")[0].Content!;
        var stored = await fixture.Api.ApplyAsync(obj, TestContext.Current.CancellationToken);
        var parameter = stored.Object("spec").Array("versions")![0].Array("parameters")![0];
        Assert.Equal("string", parameter.String("type"));
        Assert.Equal(5, parameter.Member("default").AsInt64OrNull());
    }

    [Fact]
    public void Every_field_says_what_it_is()
    {
        foreach (var kind in CustomResourceDefinitions.Kinds)
            AssertDescribed(kind.Name, CustomResourceDefinitions.SchemaOf(kind), isRoot: true);
    }

    private static void AssertDescribed(string path, JsonObject schema, bool isRoot = false)
    {
        foreach (var (name, property) in schema.Object("properties") ?? [])
        {
            if (isRoot && name is "apiVersion" or "kind" or "metadata")
                continue;
            Assert.True(!string.IsNullOrEmpty(property.String("description")), $"{path}.{name} has no description");
            AssertDescribed($"{path}.{name}", (JsonObject)property!);
        }
        if (schema.Object("items") is { } items)
            AssertDescribed($"{path}[]", items);
    }
}
