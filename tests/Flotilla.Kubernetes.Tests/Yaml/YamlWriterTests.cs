using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;

namespace Flotilla.Kubernetes.Tests.Yaml;

public sealed class YamlWriterTests
{
    private static readonly string[] Tricky =
    [
        "yes", "1", "0644", "1e3", ".5", "~", "null", "<<", "2001-01-01", "12:30", "a: b", "- a", "# c", " a", "a ", "a\nb\n", "\n", "😀", "=", "---", "--- a",
    ];

    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.String[Gen.Char[" \n:-#'\"ab1,[{.\t?|>&*!%@`~yn0x_\r\u0085\u2028é日"], 0, 12],
        Gen.Int[0, Tricky.Length - 1].Select(i => Tricky[i]),
        Gen.String[Gen.Char["ab 'x:"], 100, 200]);

    private static readonly Gen<JsonNode?> Nodes = Gen.Recursive<JsonNode?>((depth, inner) => depth > 4 ? Scalars : Gen.Frequency(
        (3, Scalars),
        (1, inner.Array[0, 4].Select(a => (JsonNode?)new JsonArray([.. a.Select(n => n?.DeepClone())]))),
        (2, Gen.Select(Texts, inner).Array[0, 4].Select(Map))));

    private static Gen<JsonNode?> Scalars => Gen.OneOf(
        Texts.Select(t => (JsonNode?)JsonValue.Create(t)),
        Gen.Long.Select(n => (JsonNode?)JsonValue.Create(n)),
        Gen.Double.Where(double.IsFinite).Select(n => (JsonNode?)JsonValue.Create(n)),
        Gen.Bool.Select(b => (JsonNode?)JsonValue.Create(b)),
        Gen.Const((JsonNode?)null));

    [Fact]
    public void Whatever_is_written_reads_back_the_same() => Nodes.Sample(node =>
    {
        foreach (var sorted in new[] { true, false })
        {
            var text = YamlWriter.Write(node, sorted);
            Assert.True(JsonNodeExtensions.DeepEquals(node, YamlReader.ReadFirst(Encoding.UTF8.GetBytes(text)).Content), $"{node?.ToJsonString()}\n{text}");
            Assert.True(text[^1] is '\n' or '\u2028', text);
        }
    }, iter: 3_000);

    [Fact]
    public void Keys_keep_their_order_on_demand()
    {
        var node = new JsonObject { ["b"] = 1L, ["a10"] = 2L, ["a2"] = new JsonArray() };
        Assert.Equal("a2: []\na10: 2\nb: 1\n", YamlWriter.Write(node));
        Assert.Equal("b: 1\na10: 2\na2: []\n", YamlWriter.Write(node, sortKeys: false));
    }

    [Fact]
    public void Keys_whose_order_goes_round_in_a_circle_are_still_sorted()
    {
        string[] keys = ["a1b", "a10b", "a01b", "v10", "v1a", "v2", "v1"];
        var texts = new[] { keys, [.. keys.Reverse()] }.Select(order => YamlWriter.Write(new JsonObject(order.Select(k => KeyValuePair.Create(k, (JsonNode?)null)))));
        Assert.Single(texts.Distinct());
    }

    [Fact]
    public void Several_documents_are_separated()
    {
        var text = YamlWriter.WriteAll([new JsonObject { ["a"] = 1L }, new JsonObject { ["b"] = "x\n---\ny\n" }]);
        Assert.Equal("a: 1\n---\nb: |\n  x\n  ---\n  y\n", text);
        Assert.Equal(2, YamlReader.ReadAll(text).Count);
    }

    private static JsonNode? Map((string Key, JsonNode? Value)[] fields)
    {
        var map = new JsonObject();
        foreach (var (key, value) in fields)
            map[key] = value?.DeepClone();
        return map;
    }
}
