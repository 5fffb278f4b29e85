using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Cel;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;
using Flotilla.Kubernetes.Yaml;
using Flotilla.TestKit;

namespace Flotilla.Kubernetes.Tests.Cel;

/// <summary>The rules that real projects ship compile, stay within the limits and hold for empty and for sensible values.</summary>
public sealed class ManifestRuleTests
{
    private static readonly string? Manifests = Repository.Shared is { } shared ? Path.Combine(shared, "manifests") : null;

    [Fact]
    public void All_rules_of_published_definitions_compile_within_their_limits()
    {
        Assert.SkipWhen(Manifests is null || !Directory.Exists(Manifests), "the published manifests are not beside this checkout");
        var rules = 0;
        foreach (var (name, schema) in Definitions())
        {
            ulong total = 0;
            Visit(schema, isResource: true, cardinality: 1, (node, isResource, cardinality) =>
            {
                foreach (var rule in node.Validations)
                {
                    var program = CelProgram.Compile(rule.Rule, CelEnvironment.ForRules(node, isResource, rule.OptionalOldSelf)!);
                    Assert.True(program.ResultType == CelType.Bool, $"{name}: {rule.Rule} is no condition");
                    var cost = CelCostLimits.Multiply(program.EstimateCost(node, isResource), cardinality ?? CelCostLimits.MaxCardinality(node, isResource));
                    Assert.True(cost <= CelCostLimits.PerRule, $"{name}: {rule.Rule} {CelCostLimits.Exceeded("estimated rule cost", cost, CelCostLimits.PerRule)}");
                    total += cost;
                    rules++;
                }
            });
            Assert.True(total <= CelCostLimits.PerDefinition, $"{name}: {total}");
        }
        Assert.True(rules > 70, $"only {rules} rules were found");
    }

    [Theory]
    [InlineData("BGPConfiguration", """{"spec": {"nodeToNodeMeshEnabled": false}}""", true)]
    [InlineData("BGPConfiguration", """{"spec": {"nodeToNodeMeshEnabled": false, "nodeMeshPassword": {"secretKeyRef": {"name": "a", "key": "b"}}}}""", false)]
    [InlineData("FelixConfiguration", """{"metadata": {"name": "default"}, "spec": {}}""", true)]
    [InlineData("FelixConfiguration", """{"metadata": {"name": "default"}, "spec": {"nodeSelector": "all()"}}""", false)]
    [InlineData("GlobalNetworkPolicy", """{"spec": {"ingress": [{"action": "Allow", "icmp": {"type": 8, "code": 0}}]}}""", true)]
    [InlineData("GlobalNetworkPolicy", """{"spec": {"ingress": [{"action": "Allow", "icmp": {"code": 0}}]}}""", false)]
    [InlineData("BGPPeer", """{"spec": {"peerIP": "10.0.0.1", "node": "a"}}""", true)]
    [InlineData("BGPPeer", """{"spec": {"node": "a", "nodeSelector": "all()"}}""", false)]
    public void Published_rules_tell_sensible_objects_from_others(string kind, string data, bool valid)
    {
        Assert.SkipWhen(Manifests is null || !Directory.Exists(Manifests), "the published manifests are not beside this checkout");
        var definitions = Definitions().Where(d => d.Name.EndsWith("/" + kind, StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(definitions);
        Assert.Equal(valid, definitions.All(d => Holds(d.Schema, JsonNode.Parse(data), isResource: true)));
    }

    private static bool Holds(Schema schema, JsonNode? node, bool isResource)
    {
        if (node is null)
            return true;
        var bindings = new CelBindings().Set("self", CelValue.FromJson(node, schema, isResource));
        foreach (var rule in schema.Validations)
        {
            var program = CelProgram.Compile(rule.Rule, CelEnvironment.ForRules(schema, isResource)!);
            if (!program.References("oldSelf") && !program.Evaluate(bindings, new CelBudget(), TestContext.Current.CancellationToken).IsTrue)
                return false;
        }
        return node switch
        {
            JsonObject map => map.All(e => (schema.Properties.GetValueOrDefault(e.Key) ?? schema.AdditionalProperties) is not { } below || Holds(below, e.Value, false)),
            JsonArray list => schema.Items is null || list.All(e => Holds(schema.Items, e, false)),
            _ => true,
        };
    }

    private static IEnumerable<(string Name, Schema Schema)> Definitions()
    {
        foreach (var file in Directory.GetFiles(Manifests!, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            foreach (var document in YamlReader.ReadAll(File.ReadAllBytes(file)))
            {
                if (document.Content.String("kind") != "CustomResourceDefinition")
                    continue;
                var spec = document.Content.Object("spec");
                foreach (var version in spec.Array("versions") ?? [])
                {
                    if (version.Object("schema").Object("openAPIV3Schema") is { } schema)
                        yield return ($"{Path.GetRelativePath(Manifests!, file)} {version.String("name")}/{spec.Object("names").String("kind")}", new SchemaReader().Read(schema));
                }
            }
        }
    }

    private static void Visit(Schema schema, bool isResource, ulong? cardinality, Action<Schema, bool, ulong?> visit)
    {
        isResource |= schema.EmbeddedResource;
        if (schema.Validations.Count > 0)
            visit(schema, isResource, cardinality);
        foreach (var property in schema.Properties.Values)
            Visit(property, false, cardinality, visit);
        if (schema.Items is { } items)
            Visit(items, false, Times(cardinality, schema.MaxItems), visit);
        if (schema.AdditionalProperties is { } values)
            Visit(values, false, Times(cardinality, schema.MaxProperties), visit);
    }

    private static ulong? Times(ulong? cardinality, long? bound) =>
        cardinality is { } times && bound is { } most ? CelCostLimits.Multiply(times, (ulong)most) : null;
}
