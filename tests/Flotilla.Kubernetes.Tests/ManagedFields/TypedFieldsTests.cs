using Flotilla.Kubernetes.ManagedFields;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.Tests.ManagedFields;

public sealed class TypedFieldsTests
{
    private static readonly Schema Schema = Json.Schema("""
        {"type":"object","properties":{"spec":{"type":"object","properties":{
          "text":{"type":"string"},
          "map":{"type":"object","additionalProperties":{"type":"string"}},
          "whole":{"type":"object","x-kubernetes-map-type":"atomic","additionalProperties":{"type":"string"}},
          "list":{"type":"array","items":{"type":"string"}},
          "set":{"type":"array","x-kubernetes-list-type":"set","items":{"type":"string"}},
          "items":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["name"],
            "items":{"type":"object","properties":{"name":{"type":"string"},"v":{"type":"string"},"w":{"type":"string"}}}},
          "free":{"type":"object","x-kubernetes-preserve-unknown-fields":true},
          "mixed":{"type":"object","x-kubernetes-preserve-unknown-fields":true,"properties":{"known":{"type":"object","properties":{"a":{"type":"string"}}}}},
          "any":{"x-kubernetes-int-or-string":true},
          "pod":{"type":"object","x-kubernetes-embedded-resource":true,"x-kubernetes-preserve-unknown-fields":true}
        }}}}
        """);

    [Theory]
    [InlineData("scalars are replaced", "{'text':'a'}", "{'text':'b'}", "{'text':'b'}")]
    [InlineData("null is a value", "{'text':'a'}", "{'text':null}", "{'text':null}")]
    [InlineData("maps are merged", "{'map':{'a':'1','b':'1'}}", "{'map':{'b':'2','c':'2'}}", "{'map':{'a':'1','b':'2','c':'2'}}")]
    [InlineData("null does not empty a map", "{'map':{'a':'1'}}", "{'map':null}", "{'map':{'a':'1'}}")]
    [InlineData("atomic maps are replaced", "{'whole':{'a':'1'}}", "{'whole':{'b':'2'}}", "{'whole':{'b':'2'}}")]
    [InlineData("atomic lists are replaced", "{'list':['a','b']}", "{'list':['c']}", "{'list':['c']}")]
    [InlineData("sets are united", "{'set':['a','b']}", "{'set':['c','a']}", "{'set':['c','a','b']}")]
    [InlineData("the applied order wins", "{'set':['a','x','b']}", "{'set':['b','a']}", "{'set':['x','b','a']}")]
    [InlineData("elements are merged by key", "{'items':[{'name':'a','v':'1'},{'name':'b'}]}", "{'items':[{'name':'b','v':'2'},{'name':'c'}]}",
        "{'items':[{'name':'a','v':'1'},{'name':'b','v':'2'},{'name':'c'}]}")]
    [InlineData("free forms are merged by field", "{'free':{'a':{'x':1},'l':[1]}}", "{'free':{'a':{'y':2},'l':[2]}}", "{'free':{'a':{'x':1,'y':2},'l':[2]}}")]
    [InlineData("another type replaces", "{'any':1}", "{'any':'50%'}", "{'any':'50%'}")]
    [InlineData("duplicates of old objects give way", "{'items':[{'name':'a','v':'1'},{'name':'a','v':'2'}]}", "{'items':[{'name':'a','w':'3'}]}", "{'items':[{'name':'a','w':'3'}]}")]
    [InlineData("duplicates that nobody applies stay", "{'set':['a','a','b']}", "{'set':['b']}", "{'set':['a','a','b']}")]
    [InlineData("what is below preserved fields is free too", "{'mixed':{'known':{'a':'1'}}}", "{'mixed':{'known':{'z':'2'}}}", "{'mixed':{'known':{'a':'1','z':'2'}}}")]
    public void Merges(string why, string live, string applied, string expected)
    {
        var merged = TypedFields.Merge(Spec(live), Spec(applied), Schema);
        Assert.True(Flotilla.Kubernetes.Json.JsonNodeExtensions.DeepEquals(Spec(expected), merged), $"{why}: {merged.ToJsonString()}");
        Assert.Null(TypedFields.Problems(Spec(applied), Schema));
    }

    [Theory]
    [InlineData("{'text':'a'}", "{'text':'b'}", "+  ~ .spec.text -")]
    [InlineData("{}", "{'map':{'a':'1'}}", "+ .spec.map .spec.map.a ~  -")]
    [InlineData("{'map':{}}", "{'map':{'a':'1'}}", "+ .spec.map.a ~  -")]
    [InlineData("{'map':{'a':'1'}}", "{}", "+  ~  - .spec.map .spec.map.a")]
    [InlineData("{'whole':{'a':'1'}}", "{'whole':{'a':'2'}}", "+  ~ .spec.whole -")]
    [InlineData("{'set':['a','b']}", "{'set':['b','c']}", "+ .spec.set[=\"c\"] ~  - .spec.set[=\"a\"]")]
    [InlineData("{'set':['a','b']}", "{'set':['b','a']}", "+  ~  -")]
    [InlineData("{'list':['a','b']}", "{'list':['b','a']}", "+  ~ .spec.list -")]
    [InlineData("{'items':[{'name':'a','v':'1'}]}", "{'items':[{'name':'a','v':'2'}]}", "+  ~ .spec.items[name=\"a\"].v -")]
    [InlineData("{'any':1}", "{'any':1.0}", "+  ~  -")]
    [InlineData("{'any':1}", "{'any':'1'}", "+  ~ .spec.any -")]
    [InlineData("{'free':{'a':1}}", "{'free':{'a':[1]}}", "+  ~ .spec.free.a -")]
    [InlineData("{'set':['a','a']}", "{'set':['a']}", "+ .spec.set[=\"a\"] ~  - .spec.set[=\"a\"]")]
    public void Compares(string older, string newer, string expected)
    {
        var comparison = TypedFields.Compare(Spec(older), Spec(newer), Schema);
        Assert.Equal(expected, $"+ {Shown(comparison.Added)} ~ {Shown(comparison.Modified)} - {Shown(comparison.Removed)}".TrimEnd());
    }

    [Fact]
    public void Mentions_the_fields_that_can_be_owned()
    {
        var obj = Spec("{'text':'a','map':{'a':'1'},'whole':{'a':'1'},'list':['a'],'set':['a'],'items':[{'name':'a'}],'free':{'a':{'b':[1]}},'any':1,"
            + "'pod':{'apiVersion':'v1','kind':'Pod','metadata':{'labels':{'x':'y'},'finalizers':['f']},'spec':{'x':1}}}");
        Assert.Equal(
            ".apiVersion .kind .spec.any .spec.list .spec.text .spec.whole .spec.free.a .spec.free.a.b .spec.items[name=\"a\"] .spec.items[name=\"a\"].name "
            + ".spec.map.a .spec.pod.apiVersion .spec.pod.kind .spec.pod.spec .spec.pod.metadata.finalizers[=\"f\"] .spec.pod.metadata.labels.x .spec.pod.spec.x .spec.set[=\"a\"]",
            Shown(TypedFields.Of(obj, Schema)));
    }

    [Fact]
    public void Removes_fields_and_leaves_emptied_containers()
    {
        var obj = Spec("{'text':'a','map':{'a':'1'},'set':['a','b'],'items':[{'name':'a','v':'1'},{'name':'b'}]}");
        var spec = FieldPath.Of("spec");
        var gone = FieldSet.Of(
            FieldPath.Of("spec", "map", "a"),
            spec.Then(PathElement.Field("set")).Then(PathElement.Value(FieldScalar.From("a"))),
            spec.Then(PathElement.Field("items")).Then(PathElement.Key(new KeyField("name", FieldScalar.From("a")))).Then(PathElement.Field("v")));
        Json.AssertSame(Spec("{'text':'a','map':{},'set':['b'],'items':[{'name':'a'},{'name':'b'}]}"), TypedFields.Remove(obj, gone, Schema));
    }

    [Fact]
    public void Extracts_fields_with_the_keys_of_their_elements()
    {
        var obj = Spec("{'text':'a','list':['x'],'items':[{'name':'a','v':'1','w':'1'},{'name':'b','v':'2'}]}");
        var wanted = FieldSet.Of(
            FieldPath.Of("spec", "list"),
            FieldPath.Of("spec", "items").Then(PathElement.Key(new KeyField("name", FieldScalar.From("a")))).Then(PathElement.Field("v")));
        Json.AssertSame(Json.Object("{'spec':{'list':['x'],'items':[{'name':'a','v':'1'}]}}"), TypedFields.Extract(obj, wanted, Schema));
    }

    [Fact]
    public void Recursive_types_work()
    {
        var schema = BuiltInTypes.Instance.Type("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps");
        var obj = Json.Object("{'properties':{'a':{'properties':{'b':{'type':'string'}}}}}");
        Assert.Equal(".properties.a .properties.a.properties.b .properties.a.properties.b.type", Shown(TypedFields.Of(obj, schema)));
    }

    private static System.Text.Json.Nodes.JsonObject Spec(string spec) => Json.Object("{'apiVersion':'g/v1','kind':'K','spec':" + spec + "}");

    private static string Shown(FieldSet set) => string.Join(' ', set.Paths());
}
