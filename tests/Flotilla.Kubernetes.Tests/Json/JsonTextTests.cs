using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Tests.Json;

public sealed class JsonTextTests
{
    [Theory]
    [InlineData("1", 1L)]
    [InlineData("-0", 0L)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    public void Whole_numbers_are_exact(string text, long expected)
    {
        var node = Parse(text);
        Assert.Equal(expected, node!.GetValue<long>());
        Assert.Equal(expected, node.AsInt64OrNull());
    }

    [Theory]
    [InlineData("1.0", 1.0)]
    [InlineData("1.50", 1.5)]
    [InlineData("1e3", 1000.0)]
    [InlineData("1E+3", 1000.0)]
    [InlineData("-0.0", -0.0)]
    [InlineData("1e-400", 0.0)]
    [InlineData("9223372036854775808", 9223372036854775808.0)]
    [InlineData("123456789012345678901234567890", 123456789012345678901234567890.0)]
    [InlineData("0.1000000000000000055511151231257827", 0.1)]
    public void The_text_of_other_numbers_survives(string text, double value)
    {
        var node = Parse($"[{text}]")![0];
        Assert.False(node!.AsValue().TryGetValue(out long _));
        Assert.Equal(value, node.AsDoubleOrNull());
        Assert.Equal($"[{text}]", Encoding.UTF8.GetString(JsonText.ToUtf8(node.Parent)));
        Assert.Equal(text, node.DeepClone().ToJsonString());
    }

    [Theory]
    [InlineData("1e400")]
    [InlineData("-1e400")]
    public void Numbers_beyond_all_doubles_are_refused(string text) =>
        Assert.Equal($"json: cannot unmarshal number {text} into Go value of type float64", Assert.Throws<JsonException>(() => Parse(text)).Message);

    [Theory]
    [InlineData("\"\\ud83d\\ude00\"", "😀")]
    [InlineData("\"\\ud83d\"", "\uFFFD")]
    [InlineData("\"\\ude00\\ud83d\"", "\uFFFD\uFFFD")]
    [InlineData("\"\\ud83d\\u0041\\n\\/\\\"\\\\\\b\\f\\r\\t\"", "\uFFFDA\n/\"\\\b\f\r\t")]
    [InlineData("\"\\u0000é\"", "\0é")]
    public void Half_surrogate_pairs_are_replaced(string text, string expected) => Assert.Equal(expected, Parse(text).AsStringOrNull());

    [Theory]
    [InlineData(new byte[] { 0xFF }, "\uFFFD")]
    [InlineData(new byte[] { 0xE2, 0x82 }, "\uFFFD\uFFFD")]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80, 0x41 }, "\uFFFD\uFFFD\uFFFDA")]
    [InlineData(new byte[] { 0xC3, 0xA9, 0xC3, 0x5C, 0x6E }, "é\uFFFD\n")]
    public void Bytes_that_are_no_UTF8_are_replaced_one_by_one(byte[] bytes, string expected)
    {
        Assert.Equal(expected, JsonText.Parse([(byte)'"', .. bytes, (byte)'"']).AsStringOrNull());
        var map = JsonText.Parse([.. "{\""u8, .. bytes, .. "\":1}"u8]);
        Assert.Equal(1, map.Member(expected).AsInt64OrNull());
    }

    [Theory]
    [InlineData("", "unexpected end of JSON input")]
    [InlineData("{\"apiVersion\": \"v1\", ", "unexpected end of JSON input")]
    [InlineData("[{", "unexpected end of JSON input")]
    [InlineData("\"a", "unexpected end of JSON input")]
    [InlineData("\"a\\", "unexpected end of JSON input")]
    [InlineData("tru", "unexpected end of JSON input")]
    [InlineData("-", "unexpected end of JSON input")]
    [InlineData("}", "invalid character '}' looking for beginning of value")]
    [InlineData("\uFEFF{}", "invalid character 'ï' looking for beginning of value")]
    [InlineData("'a'", "invalid character '\\'' looking for beginning of value")]
    [InlineData("{a: 1}", "invalid character 'a' looking for beginning of object key string")]
    [InlineData("{\"a\":1,}", "invalid character '}' looking for beginning of object key string")]
    [InlineData("{\"a\" 1}", "invalid character '1' after object key")]
    [InlineData("{\"a\":01}", "invalid character '1' after object key:value pair")]
    [InlineData("{\"a\":1 \"b\":2}", "invalid character '\"' after object key:value pair")]
    [InlineData("[1 2]", "invalid character '2' after array element")]
    [InlineData("[1,]", "invalid character ']' looking for beginning of value")]
    [InlineData("{} x", "invalid character 'x' after top-level value")]
    [InlineData("{}\n{}", "invalid character '{' after top-level value")]
    [InlineData("\"a\nb\"", "invalid character '\\n' in string literal")]
    [InlineData("\"\u0001\"", "invalid character '\\x01' in string literal")]
    [InlineData("\"\\q\"", "invalid character 'q' in string escape code")]
    [InlineData("\"\\u00g0\"", "invalid character 'g' in \\u hexadecimal character escape")]
    [InlineData("-x", "invalid character 'x' in numeric literal")]
    [InlineData("1.x", "invalid character 'x' after decimal point in numeric literal")]
    [InlineData("1ex", "invalid character 'x' in exponent of numeric literal")]
    [InlineData("nul1", "invalid character '1' in literal null (expecting 'l')")]
    [InlineData("NaN", "invalid character 'N' looking for beginning of value")]
    public void Problems_are_told_in_the_words_of_Go(string text, string message) =>
        Assert.Equal(message, Assert.Throws<JsonException>(() => Parse(text)).Message);

    [Fact]
    public void Nesting_is_bounded()
    {
        var deepest = new string('[', JsonText.MaxDepth) + new string(']', JsonText.MaxDepth);
        Assert.Equal(deepest, Encoding.UTF8.GetString(JsonText.ToUtf8(Parse(deepest))));
        Assert.Equal("exceeded max depth", Assert.Throws<JsonException>(() => Parse($"[{deepest}]")).Message);
        Assert.Throws<JsonException>(() => Parse(new string('[', 200_000)));
    }

    [Fact]
    public void The_last_of_equal_keys_wins_and_each_is_told()
    {
        var told = new List<string>();
        var node = JsonText.Parse("""{"a":1,"b":[{"c":1,"c":2,"c":3}],"a":{"d":1,"d":2}}"""u8, told.Add);
        Assert.Equal("""{"a":{"d":2},"b":[{"c":3}]}""", node!.ToJsonString());
        Assert.Equal(["b[0].c", "b[0].c", "a.d", "a"], told);
    }

    [Fact]
    public void Random_bytes_give_a_node_or_a_documented_exception() =>
        Gen.Byte.Array[0, 60].Sample(Survives, iter: 3_000);

    [Fact]
    public void Mutated_json_gives_a_node_or_a_documented_exception()
    {
        var seed = """{"a":[1,-2.5e3,"x\n\u00e9\ud83d\ude00",true,null],"b":{"c":{}}}"""u8.ToArray();
        Gen.Select(Gen.Int[0, seed.Length - 1], Gen.Byte).Array[1, 4].Sample(changes =>
        {
            var text = (byte[])seed.Clone();
            foreach (var (at, value) in changes)
                text[at] = value;
            Survives(text);
        }, iter: 5_000);
    }

    private static void Survives(byte[] bytes)
    {
        JsonNode? node;
        try
        {
            node = JsonText.Parse(bytes);
        }
        catch (JsonException e)
        {
            Assert.DoesNotContain("max depth", e.Message, StringComparison.Ordinal);
            return;
        }
        Assert.True(JsonNodeExtensions.DeepEquals(node, JsonText.Parse(JsonText.ToUtf8(node))));
    }

    private static JsonNode? Parse(string text) => JsonText.Parse(Encoding.UTF8.GetBytes(text));
}
