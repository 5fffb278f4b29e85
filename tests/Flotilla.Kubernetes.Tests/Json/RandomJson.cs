using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;

namespace Flotilla.Kubernetes.Tests.Json;

/// <summary>Random JSON.</summary>
internal static class RandomJson
{
    public static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static readonly Gen<string> text = Gen.OneOf(
        Gen.String[Gen.Char["abcxyz019 \"\\/\b\t\n\f\r\u0001\u001f\u007f\u0080éö€\ufb33\u2028"], 0, 8],
        Gen.OneOf(Gen.Const("😀"), Gen.Const("a😀b"), Gen.Const("\ue000x"), Gen.Const("😀\ufb33")));

    private static readonly Gen<JsonNode?> scalar = Gen.OneOf(
        text.Select(t => (JsonNode?)JsonValue.Create(t)),
        Gen.Long.Select(n => (JsonNode?)JsonValue.Create(n)),
        Gen.Int[-1000, 1000].Select(n => (JsonNode?)JsonValue.Create(n / 8.0)),
        Gen.Double.Where(double.IsFinite).Select(n => (JsonNode?)JsonValue.Create(n)),
        Gen.Bool.Select(b => (JsonNode?)JsonValue.Create(b)),
        Gen.Const((JsonNode?)null));

    public static readonly Gen<JsonNode?> Any = Gen.Recursive<JsonNode?>((depth, inner) => depth > 3
        ? scalar
        : Gen.OneOf(
            scalar,
            inner.Array[0, 4].Select(items => (JsonNode?)new JsonArray([.. items.Select(i => i?.DeepClone())])),
            Gen.Dictionary(text, inner)[0, 5].Select(members => (JsonNode?)new JsonObject(members.Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone()))))));

    /// <summary>The same value with the members of every object in reverse.</summary>
    public static JsonNode? Reversed(JsonNode? value) => value switch
    {
        JsonObject members => new JsonObject(members.Reverse().Select(m => KeyValuePair.Create(m.Key, Reversed(m.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Reversed)]),
        _ => value?.DeepClone(),
    };
}
