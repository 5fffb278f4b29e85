using System.Text;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;

namespace Flotilla.Kubernetes.Tests.Yaml;

public sealed class YamlReaderTests
{
    [Theory]
    [InlineData("a: 1\n---\n# nothing\n---\nnull\n---\nb: 2\n", "1 {\"a\":1};7 {\"b\":2}")]
    [InlineData("a: 1\n...\nlost: 1\n---\nb: 2\n", "1 {\"a\":1};5 {\"b\":2}")]
    [InlineData("\n\n--- # first\r\na: 1\r\n", "4 {\"a\":1}")]
    [InlineData("{\"a\":1}\n{\"b\":2} {\"c\":3}", "1 {\"a\":1};2 {\"b\":2};2 {\"c\":3}")]
    [InlineData("{\"a\":1}\n---\nb: 2\n", "1 {\"a\":1};3 {\"b\":2}")]
    [InlineData("{a: yes}", "1 {\"a\":true}")]
    [InlineData("", "")]
    [InlineData("# only a comment", "")]
    public void Streams_are_split_into_documents(string text, string expected) =>
        Assert.Equal(expected, string.Join(";", YamlReader.ReadAll(text).Select(d => $"{d.Line} {d.Content!.ToJsonString()}")));

    [Fact]
    public void The_first_document_is_all_that_a_body_has()
    {
        Assert.Equal("""{"a":1}""", YamlReader.ReadFirst("a: 1\n---\nb: 2"u8).Content!.ToJsonString());
        Assert.Equal("""{"a":"x"}""", YamlReader.ReadFirst("--- {a: x}"u8).Content!.ToJsonString());
        Assert.Null(YamlReader.ReadFirst(""u8).Content);
        Assert.Null(YamlReader.ReadFirst("# nothing"u8).Content);
    }

    [Theory]
    [InlineData("a: [1\nb", 2, 2, "did not find expected ',' or ']'")]
    [InlineData("a: {b: 1\nc: 2", 2, 2, "did not find expected ',' or '}'")]
    [InlineData("a:\n\t- b", 2, 1, "found character that cannot start any token")]
    [InlineData("a: b: c", 1, 5, "mapping values are not allowed in this context")]
    [InlineData("a: 1\n---\nb: *x", 3, 4, "unknown anchor 'x' referenced")]
    [InlineData("a: 1\n---\nb: &x [*x]", 3, 8, "anchor 'x' value contains itself")]
    [InlineData("a: 1\n--- b\n", 2, 4, "invalid Yaml document separator: b")]
    [InlineData("a: .inf", 1, 4, "`.inf` has no form in JSON")]
    [InlineData("a: !!int x", 1, 4, "cannot decode !!str `x` as a !!int")]
    [InlineData("? [a]\n: b", 1, 3, "a mapping or sequence cannot be a key")]
    [InlineData("~: a", 1, 1, "null cannot be a key")]
    [InlineData("a:\n  <<: [1]", 2, 8, "map merge requires map or sequence of maps as the value")]
    [InlineData("x: y\na: \u0001", 2, 4, "control characters are not allowed")]
    [InlineData("a: \"\\q\"", 1, 5, "found unknown escape character")]
    [InlineData("a: 'b\n", 2, 1, "found unexpected end of stream")]
    public void Problems_have_a_place(string text, int line, int column, string problem)
    {
        var e = Assert.Throws<YamlReadException>(() => YamlReader.ReadAll(text));
        Assert.Equal((line, column, problem), (e.Line, e.Column, e.Problem));
        Assert.Equal($"line {line}, column {column}: {problem}", e.Message);
    }

    [Fact]
    public void A_body_must_be_UTF8_but_a_file_may_be_anything()
    {
        Assert.Equal("""{"a":"\uFFFD"}""", YamlReader.ReadAll("a: \xff"u8.ToArray().AsSpan(0, 3).ToArray().Append((byte)0xFF).ToArray())[0].Content!.ToJsonString());
        Assert.Equal(2, Assert.Throws<YamlReadException>(() => YamlReader.ReadFirst([(byte)'a', (byte)':', (byte)'\n', (byte)' ', 0xFF])).Line);
        foreach (var encoding in new[] { Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode })
            Assert.Equal("""{"a":"é"}""", Written(YamlReader.ReadAll([.. encoding.GetPreamble(), .. encoding.GetBytes("a: é")])));
    }

    [Fact]
    public void Keys_that_stand_twice_are_told_with_their_line()
    {
        var duplicates = new List<string>();
        var document = YamlReader.ReadAll("x: 1\n---\na: 1\nb: {c: 1, c: 2}\na:\n  d: 3\n", d => duplicates.Add($"{d.Key}@{d.Line}"))[1];
        Assert.Equal("""{"a":{"d":3},"b":{"c":2}}""", document.Content!.ToJsonString());
        Assert.Equal(["c@4", "a@6"], duplicates);
    }

    [Theory]
    [InlineData("spec.replicas", 7)]
    [InlineData("spec.template.spec.containers[1].image", 15)]
    [InlineData("spec.template.spec.containers[1]", 14)]
    [InlineData("spec.template.spec.containers[1].ports[0].name", 14)]
    [InlineData("spec.template.spec.containers[7]", 11)]
    [InlineData("metadata.labels[app.kubernetes.io/name]", 5)]
    [InlineData("metadata.labels.app.kubernetes.io/name", 5)]
    [InlineData("metadata.annotations", 3)]
    [InlineData("", 1)]
    [InlineData("..[[", 1)]
    public void Fields_have_a_line(string path, int line)
    {
        const string text = """
            kind: Deployment
            apiVersion: apps/v1
            metadata:
              labels:
                app.kubernetes.io/name: a
            spec:
              replicas: 1
              template:
                metadata: {labels: &l {a: b}}
                spec:
                  containers:
                  - name: a
                    image: a
                  - name: b
                    image: b
            """;
        Assert.Equal(line, YamlReader.ReadAll(text)[0].LineOf(path));
        Assert.Equal(line + 3, YamlReader.ReadAll("x: 1\n\n---\n" + text)[1].LineOf(path));
    }

    [Fact]
    public void Fields_of_JSON_have_a_line_too() =>
        Assert.Equal(4, YamlReader.ReadAll("{}\n{\n\"a\": [1,\n  {\"b\": 2}]}")[1].LineOf("a[1].b"));

    private static string Written(IReadOnlyList<YamlDocument> documents) => Encoding.UTF8.GetString(JsonText.ToUtf8(documents[0].Content));
}
