using System.Text.Json.Nodes;
using CsCheck;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.ManagedFields;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.Tests.ManagedFields;

public sealed class ApplyPropertiesTests
{
    private static readonly Schema Schema = Json.Schema("""
        {"type":"object","properties":{"spec":{"type":"object","properties":{
          "text":{"type":"string"},
          "map":{"type":"object","additionalProperties":{"type":"string"}},
          "whole":{"type":"object","x-kubernetes-map-type":"atomic","additionalProperties":{"type":"string"}},
          "list":{"type":"array","items":{"type":"string"}},
          "set":{"type":"array","x-kubernetes-list-type":"set","items":{"type":"string"}},
          "items":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["name"],
            "items":{"type":"object","properties":{"name":{"type":"string"},"v":{"type":"string"},"w":{"type":"string"}}}}
        }}}}
        """);

    private static readonly FieldManager Manager = new(Schema, "g/v1", "K");

    private static readonly Gen<string> Word = Gen.Int[0, 2].Select(i => "abc"[i].ToString());
    private static readonly Gen<string[]> Words = Word.Array[0, 3].Select(words => words.Distinct().ToArray());

    private static readonly Gen<JsonNode> Item = Gen.Select(Word, Word, Gen.Int[0, 3], (name, value, fields) =>
    {
        var item = new JsonObject { ["name"] = name };
        if ((fields & 1) != 0)
            item["v"] = value;
        if ((fields & 2) != 0)
            item["w"] = value;
        return (JsonNode)item;
    });

    private static readonly Gen<JsonObject> Configuration = Gen.Select(
        Word, Words, Words, Words, Words, Item.Array[0, 3], Gen.Int[0, 63],
        (text, map, whole, list, set, items, fields) =>
        {
            var spec = new JsonObject
            {
                ["text"] = text,
                ["map"] = new JsonObject(map.Select(k => KeyValuePair.Create(k, (JsonNode?)text))),
                ["whole"] = new JsonObject(whole.Select(k => KeyValuePair.Create(k, (JsonNode?)text))),
                ["list"] = new JsonArray([.. list.Select(v => JsonValue.Create(v))]),
                ["set"] = new JsonArray([.. set.Select(v => JsonValue.Create(v))]),
                ["items"] = new JsonArray([.. items.DistinctBy(i => i.String("name"))]),
            };
            foreach (var (name, bit) in spec.Select((p, i) => (p.Key, i)).ToList())
            {
                // Containers without content come and go, also in Kubernetes: an empty set or list-map belongs to nobody, and
                // an empty spec goes with the last content that its owner takes away. So the spec always has a text.
                if ((bit > 0 && (fields & (1 << bit)) == 0) || (name is "set" or "items" && spec[name] is JsonArray { Count: 0 }))
                    spec.Remove(name);
            }
            return new JsonObject { ["apiVersion"] = "g/v1", ["kind"] = "K", ["metadata"] = new JsonObject { ["name"] = "n" }, ["spec"] = spec };
        });

    /// <summary>An object that several managers have written to.</summary>
    private static readonly Gen<JsonObject> Live = Gen.Select(Configuration, Gen.Int[0, 3], Gen.Bool).Array[1, 4].Select(steps =>
    {
        JsonObject? live = null;
        foreach (var (configuration, who, update) in steps)
        {
            if (update)
            {
                var updated = Json.Copy(configuration);
                Manager.Update(live, updated, $"u{who}", "", DateTimeOffset.UnixEpoch);
                live = updated;
            }
            else
            {
                live = Manager.Apply(live, configuration, $"m{who}", force: true, "", DateTimeOffset.UnixEpoch);
            }
        }
        return live!;
    });

    [Fact]
    public void To_apply_the_same_again_changes_nothing() => Gen.Select(Live, Configuration).Sample((live, applied) =>
    {
        var once = Manager.Apply(live, applied, "m0", force: true, "", DateTimeOffset.UnixEpoch);
        Json.AssertSame(once, Manager.Apply(once, applied, "m0", force: false, "", DateTimeOffset.UnixEpoch.AddDays(1)));
    });

    [Fact]
    public void A_forced_apply_ends_in_the_applied_values() => Gen.Select(Live, Configuration).Sample((live, applied) =>
    {
        var result = Manager.Apply(live, applied, "m0", force: true, "", DateTimeOffset.UnixEpoch);
        Assert.Empty(FieldDrift.Find(result, applied, Schema));
        Assert.Equal(TypedFields.Of(applied, Schema).Except(FieldManager.Stripped), FieldOwner.AppliedBy(result, "m0"));
    });

    [Fact]
    public void Without_force_nobody_elses_value_is_overwritten() => Gen.Select(Live, Configuration).Sample((live, applied) =>
    {
        JsonObject result;
        try
        {
            result = Manager.Apply(live, applied, "m0", force: false, "", DateTimeOffset.UnixEpoch);
        }
        catch (ApiStatusException e)
        {
            Assert.Equal(409, e.Status.Code);
            Assert.NotEmpty(e.Status.Causes);
            return;
        }
        var change = TypedFields.Compare(live, result, Schema);
        foreach (var owner in FieldOwner.AllOf(live).Where(o => !(o.IsApply && o.Manager == "m0")))
            Assert.Empty(owner.Fields.Intersect(change.Modified).Paths());
    });

    [Fact]
    public void What_one_loses_another_has_or_it_is_gone() => Gen.Select(Live, Configuration).Sample((live, applied) =>
    {
        var result = Manager.Apply(live, applied, "m0", force: true, "", DateTimeOffset.UnixEpoch);
        var present = TypedFields.Of(result, Schema);
        var owned = FieldOwner.AllOf(result).Aggregate(FieldSet.Empty, (all, o) => all.Union(o.Fields));
        var before = FieldOwner.AllOf(live).Aggregate(FieldSet.Empty, (all, o) => o is { IsApply: true, Manager: "m0" } ? all : all.Union(o.Fields));
        Assert.Empty(before.Intersect(present).Except(owned).Paths());
    });

    [Fact]
    public void To_apply_and_then_apply_nothing_restores_the_object() => Configuration.Sample(applied =>
    {
        var nothing = Json.Object("{'apiVersion':'g/v1','kind':'K','metadata':{'name':'n'}}");
        var before = Manager.Apply(null, Json.Object("{'apiVersion':'g/v1','kind':'K','metadata':{'name':'n','labels':{'a':'b'}}}"), "other", false, "", DateTimeOffset.UnixEpoch);
        var between = Manager.Apply(before, applied, "m0", force: false, "", DateTimeOffset.UnixEpoch);
        Json.AssertSame(before, Manager.Apply(between, nothing, "m0", force: false, "", DateTimeOffset.UnixEpoch));
    });
}
