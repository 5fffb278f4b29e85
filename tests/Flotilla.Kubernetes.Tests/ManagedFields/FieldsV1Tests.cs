using System.Text.Json.Nodes;
using CsCheck;
using Flotilla.Kubernetes.ManagedFields;

namespace Flotilla.Kubernetes.Tests.ManagedFields;

public sealed class FieldsV1Tests
{
    [Theory]
    [InlineData("{}", "")]
    [InlineData("{'f:a':{}}", ".a")]
    [InlineData("{'f:a':{'.':{}}}", ".a")]
    [InlineData("{'f:a':{'f:b':{}}}", ".a.b")]
    [InlineData("{'f:a':{'.':{},'f:b':{}}}", ".a .a.b")]
    [InlineData("{'f:a':{'v:1':{},'v:1.5':{},'v:true':{},'v:null':{}}}", ".a[=1] .a[=1.5] .a[=true] .a[=null]")]
    [InlineData("{'f:a':{'i:0':{}}}", ".a[0]")]
    [InlineData("{'f:a':{'x:later':{}}}", ".a")]
    public void It_is_read(string json, string paths) =>
        Assert.Equal(paths, string.Join(' ', FieldsV1.Read(Json.Object(json)).Paths()));

    [Fact]
    public void Keys_are_read_and_written_in_the_order_of_their_names()
    {
        var set = FieldsV1.Read(new JsonObject { ["k:{\"protocol\":\"TCP\",\"containerPort\":80}"] = new JsonObject() });
        Assert.Equal("[containerPort=80,protocol=\"TCP\"]", set.ToString());
        Assert.Equal("k:{\"containerPort\":80,\"protocol\":\"TCP\"}", Assert.Single(FieldsV1.Write(set)).Key);
    }

    [Fact]
    public void Elements_are_written_in_their_order()
    {
        var set = FieldSet.Of(
            new FieldPath(PathElement.Index(2)),
            new FieldPath(PathElement.Value(FieldScalar.From("b"))),
            new FieldPath(PathElement.Value(FieldScalar.From("a"))),
            new FieldPath(PathElement.Value(FieldScalar.From(10L))),
            new FieldPath(PathElement.Value(FieldScalar.From(9L))),
            new FieldPath(PathElement.Key(new KeyField("name", FieldScalar.From("x")))),
            FieldPath.Of("z"),
            FieldPath.Of("a"),
            FieldPath.Of("a", "b"));
        Assert.Equal(
            ["f:a", "f:z", "k:{\"name\":\"x\"}", "v:9", "v:10", "v:\"a\"", "v:\"b\"", "i:2"],
            FieldsV1.Write(set).Select(p => p.Key));
        Assert.Equal([".", "f:b"], ((JsonObject)FieldsV1.Write(set)["f:a"]!).Select(p => p.Key));
    }

    [Fact]
    public void Texts_are_escaped_as_Go_does()
    {
        var element = PathElement.Value(FieldScalar.From("<a&b>\n\"\u00e9"));
        Assert.Equal("v:\"\\u003ca\\u0026b\\u003e\\n\\\"\u00e9\"", element.Serialized);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("field")]
    [InlineData("k:[]")]
    [InlineData("k:{")]
    [InlineData("v:[1]")]
    [InlineData("i:x")]
    public void Malformed_elements_are_refused(string key) =>
        Assert.Throws<FormatException>(() => FieldsV1.Read(new JsonObject { [key] = new JsonObject() }));

    [Fact]
    public void Values_that_are_no_objects_are_refused() =>
        Assert.Throws<FormatException>(() => FieldsV1.Read(Json.Object("{'f:a':1}")));

    [Fact]
    public void What_is_written_is_read_again() => Sets.Any.Sample(set => Assert.Equal(set, FieldsV1.Read(FieldsV1.Write(set))));
}
