using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.Tests.ManagedFields;

/// <summary>Short ways to write objects and schemas in tests.</summary>
internal static class Json
{
    /// <summary>JSON in which single quotes stand for double ones.</summary>
    public static JsonObject Object(string text) => (JsonObject)JsonText.Parse(Encoding.UTF8.GetBytes(text.Replace('\'', '"')))!;

    public static JsonObject Copy(JsonObject obj) => (JsonObject)obj.DeepClone();

    public static Schema Schema(string text) => new SchemaReader().Read(Object(text));

    public static void AssertSame(JsonNode? expected, JsonNode? actual) =>
        Assert.True(JsonNodeExtensions.DeepEquals(expected, actual), $"expected {expected?.ToJsonString()}\nactual   {actual?.ToJsonString()}");
}
