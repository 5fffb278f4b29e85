using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Flotilla.Core.Declarations;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;
using Flotilla.TestKit;

namespace Flotilla.Core.Tests.Declarations;

/// <summary>Whatever somebody writes, problems have a place in a file that was given, and nothing is thrown.</summary>
public sealed class RandomDeclarationsTests
{
    private static readonly string[] Texts = ["store", "till", "1.4.0", "${site.tills}", "${x", "sha256:0", "5%", "v1", "", "a: b\n---\n- ["];

    private static readonly Gen<JsonNode?> Leaf = Gen.OneOf(
        Gen.Int[0, Texts.Length - 1].Select(i => (JsonNode?)Texts[i]),
        Gen.Int[-5, 5].Select(i => (JsonNode?)JsonValue.Create(i)), Gen.Bool.Select(b => (JsonNode?)JsonValue.Create(b)), Gen.Const((JsonNode?)null));

    [Fact]
    public void Any_text_is_read() => Gen.String[Gen.Char["{}[]:-#&*!|>'\"%@`, \n\tabk1~$"], 0, 80].Sample(text => Check(text));

    [Fact]
    public void Sound_declarations_with_any_value_changed_are_read()
    {
        var sound = Directory.GetFiles(Path.Combine(Repository.Root, "tests", "Flotilla.Core.Tests", "Declarations", "Cases", "sound", "input"), "*.yaml")
            .Order(StringComparer.Ordinal).SelectMany(file => YamlReader.ReadAll(File.ReadAllBytes(file))).Select(document => document.Content!).ToList();
        Gen.Select(Gen.Int[0, 10_000], Leaf, Gen.Bool).Sample((at, value, remove) =>
        {
            var changed = sound.Select(obj => obj.DeepClone()).ToList();
            var places = changed.SelectMany(Places).ToList();
            var (parent, key) = places[at % places.Count];
            if (remove)
                parent.Remove(key);
            else
                parent[key] = value?.DeepClone();
            Check(YamlWriter.WriteAll(changed));
        });
    }

    private static IEnumerable<(JsonObject Parent, string Key)> Places(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(field => Places(field.Value).Prepend((map, field.Key))),
        JsonArray list => list.SelectMany(Places),
        _ => [],
    };

    private static void Check(string text)
    {
        var lines = text.Count(c => c == '\n') + 1;
        var read = DeclarationReader.Read([new DeclarationFile("random.yaml", Encoding.UTF8.GetBytes(text))], new DeclarationContext { Files = (_, _) => [] });
        foreach (var problem in read.Problems)
        {
            Assert.Equal("random.yaml", problem.File);
            Assert.InRange(problem.Line, 1, lines);
            Assert.NotEmpty(problem.Message);
        }
        Assert.All(read.Objects, obj => Assert.NotEmpty(obj.String("kind")!));
    }
}
