using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;

namespace Flotilla.Kubernetes.Tests.Yaml;

public sealed class HostileYamlTests
{
    [Theory]
    [InlineData("[", "")]
    [InlineData("{a: ", "")]
    [InlineData("[", "]")]
    [InlineData("- ", "x")]
    [InlineData("? ", "x")]
    [InlineData("&a [", "]")]
    public void Nesting_20000_deep_is_refused(string open, string close)
    {
        var text = string.Concat(Enumerable.Repeat(open, 20_000)) + string.Concat(Enumerable.Repeat(close, 20_000));
        var e = Assert.Throws<YamlReadException>(() => YamlReader.ReadAll("a: 1\n---\n" + text));
        Assert.Equal(3, e.Line);
    }

    [Fact]
    public void Indentation_20000_deep_is_refused()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 2_000; i++)
            text.Append(' ', i).Append("a:\n");
        Assert.Equal("nested more than 512 deep", Assert.Throws<YamlReadException>(() => YamlReader.ReadAll(text.ToString())).Problem);
    }

    [Fact]
    public void The_deepest_allowed_nesting_can_be_read_and_written()
    {
        var text = new string('[', JsonText.MaxDepth) + new string(']', JsonText.MaxDepth);
        var document = YamlReader.ReadAll("a: 1\n---\n" + text)[1];
        Assert.Equal(text, document.Content!.ToJsonString());
        Assert.Equal(text, YamlReader.ReadAll(YamlWriter.Write(document.Content))[0].Content!.ToJsonString());
        Assert.Throws<YamlReadException>(() => YamlReader.ReadAll("[" + text + "]"));
    }

    [Fact]
    public void Aliases_cannot_nest_deeper_than_text()
    {
        var text = new StringBuilder($"a0: &a0 {new string('[', 100)}{new string(']', 100)}\n");
        for (var i = 1; i < 8; i++)
            text.Append($"a{i}: &a{i} {new string('[', 99)}*a{i - 1}{new string(']', 99)}\n");
        Assert.Equal("nested more than 512 deep", Assert.Throws<YamlReadException>(() => YamlReader.ReadAll(text.ToString())).Problem);
    }

    [Theory]
    [InlineData("lol", 9)]
    [InlineData("lol", 40)]
    public void A_billion_laughs_are_refused(string word, int levels)
    {
        var text = new StringBuilder($"a0: &a0 [{string.Join(",", Enumerable.Repeat(word, 10))}]\n");
        for (var i = 1; i < levels; i++)
            text.Append($"a{i}: &a{i} [{string.Join(",", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        Assert.Equal("document contains excessive aliasing", Assert.Throws<YamlReadException>(() => YamlReader.ReadAll(text.ToString())).Problem);
    }

    [Fact]
    public void A_long_text_cannot_be_multiplied_without_end()
    {
        var text = $"a: &a {new string('x', 100_000)}\nb: [{string.Join(",", Enumerable.Repeat("*a", 1000))}]\n";
        Assert.Equal("document contains excessive aliasing", Assert.Throws<YamlReadException>(() => YamlReader.ReadAll(text)).Problem);
    }

    [Fact]
    public void Ordinary_use_of_aliases_is_fine()
    {
        var text = "base: &base {a: 1, b: [1, 2, 3]}\nlist:\n" + string.Concat(Enumerable.Repeat("- <<: *base\n  c: x\n", 5_000));
        Assert.Equal(5_000, YamlReader.ReadAll(text)[0].Content.Array("list")!.Count);
    }

    [Fact]
    public void Large_documents_are_read()
    {
        var list = YamlReader.ReadAll(string.Concat(Enumerable.Range(0, 60_000).Select(i => $"- name: n{i}\n  value: {i}\n")))[0].Content as JsonArray;
        Assert.Equal(60_000, list!.Count);
        Assert.Equal(59_999, list[59_999].Member("value").AsInt64OrNull());
        var block = "a: |\n" + string.Concat(Enumerable.Repeat("  some text of a line\n", 200_000));
        Assert.Equal(200_000 * 20, YamlReader.ReadAll(block)[0].Content.String("a")!.Length);
        Assert.Equal(1_000_000, YamlReader.ReadAll("a: \"" + new string('x', 1_000_000) + "\"")[0].Content.String("a")!.Length);
    }

    [Fact]
    public void Random_bytes_give_documents_or_a_documented_exception() =>
        Gen.Byte.Array[0, 200].Sample(bytes => Survives(bytes), iter: 3_000);

    [Fact]
    public void Mutated_yaml_gives_documents_or_a_documented_exception()
    {
        const string alphabet = " \n:-[]{},#&*!|>'\"%@`?~\t=<.\\/ax10\r\u0085\uFEFF é";
        var seeds = GoldenTable.Reads.Select(k => GoldenTable.Expand(k.String("yaml")!)).ToArray();
        var mutation = Gen.Select(Gen.Int[0, 2], Gen.Double.Unit, Gen.Char[alphabet]);
        Gen.Select(Gen.Int[0, seeds.Length - 1], Gen.Int[0, seeds.Length - 1], mutation.Array[1, 6]).Sample((one, other, changes) =>
        {
            var text = new StringBuilder(seeds[one]).Append(seeds[other]);
            foreach (var (kind, where, c) in changes)
            {
                var at = (int)(where * text.Length);
                if (kind == 0 || at == text.Length)
                    text.Insert(at, c);
                else if (kind == 1)
                    text.Remove(at, 1);
                else
                    text[at] = c;
            }
            Survives(Encoding.UTF8.GetBytes(text.ToString()));
        }, iter: 5_000);
    }

    private static void Survives(byte[] bytes)
    {
        try
        {
            foreach (var document in YamlReader.ReadAll(bytes))
            {
                document.LineOf("a.b[0]");
                var again = YamlReader.ReadFirst(Encoding.UTF8.GetBytes(YamlWriter.Write(document.Content)));
                Assert.True(JsonNodeExtensions.DeepEquals(document.Content, again.Content));
            }
        }
        catch (YamlReadException)
        {
            // Documented.
        }
        try
        {
            YamlReader.ReadFirst(bytes);
        }
        catch (YamlReadException)
        {
            // Documented.
        }
    }
}
