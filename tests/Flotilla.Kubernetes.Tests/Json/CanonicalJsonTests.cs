using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Tests.Json;

public sealed class CanonicalJsonTests
{
    [Fact]
    public void The_example_of_RFC_8785_section_3_2_2() => Canonical(
        """
        {
          "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
          "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
          "literals": [null, true, false]
        }
        """,
        """{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}""");

    [Fact]
    public void The_order_of_members_of_RFC_8785_section_3_2_3()
    {
        var value = JsonNode.Parse(
            """
            {"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}
            """);

        var sorted = JsonNode.Parse(CanonicalJson.Write(value))!.AsObject().Select(m => (string)m.Value!);

        Assert.Equal(
            ["Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign", "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh"],
            sorted);
    }

    /// <summary>RFC 8785, appendix B: doubles by their bits.</summary>
    [Theory]
    [InlineData("0000000000000000", "0")]
    [InlineData("8000000000000000", "0")]
    [InlineData("0000000000000001", "5e-324")]
    [InlineData("8000000000000001", "-5e-324")]
    [InlineData("7fefffffffffffff", "1.7976931348623157e+308")]
    [InlineData("ffefffffffffffff", "-1.7976931348623157e+308")]
    [InlineData("4340000000000000", "9007199254740992")]
    [InlineData("c340000000000000", "-9007199254740992")]
    [InlineData("4430000000000000", "295147905179352830000")]
    [InlineData("44b52d02c7e14af5", "9.999999999999997e+22")]
    [InlineData("44b52d02c7e14af6", "1e+23")]
    [InlineData("44b52d02c7e14af7", "1.0000000000000001e+23")]
    [InlineData("444b1ae4d6e2ef4e", "999999999999999700000")]
    [InlineData("444b1ae4d6e2ef4f", "999999999999999900000")]
    [InlineData("444b1ae4d6e2ef50", "1e+21")]
    [InlineData("3eb0c6f7a0b5ed8c", "9.999999999999997e-7")]
    [InlineData("3eb0c6f7a0b5ed8d", "0.000001")]
    [InlineData("41b3de4355555553", "333333333.3333332")]
    [InlineData("41b3de4355555554", "333333333.33333325")]
    [InlineData("41b3de4355555555", "333333333.3333333")]
    [InlineData("41b3de4355555556", "333333333.3333334")]
    [InlineData("41b3de4355555557", "333333333.33333343")]
    [InlineData("becbf647612f3696", "-0.0000033333333333333333")]
    [InlineData("43143ff3c1cb0959", "1424953923781206.2")]
    public void Numbers_of_RFC_8785_appendix_B(string bits, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(CanonicalJson.Write(BitConverter.UInt64BitsToDouble(Convert.ToUInt64(bits, 16)))));

    [Theory]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("18446744073709551615", "18446744073709551615")]
    [InlineData("9007199254740993", "9007199254740993")]
    [InlineData("18446744073709551616", "18446744073709552000")]
    [InlineData("1.0", "1")]
    [InlineData("-0", "0")]
    [InlineData("-0.0", "0")]
    [InlineData("1e2", "100")]
    [InlineData("0.1", "0.1")]
    [InlineData("123e-20", "1.23e-18")]
    public void Integers_of_64_bits_stay_exact_and_other_numbers_are_doubles(string number, string expected) => Canonical(number, expected);

    [Theory]
    [InlineData("1e400")]
    [InlineData("-1e400")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""["\ud800"]""")]
    [InlineData("""["\udc00\ud800"]""")]
    [InlineData("""{"\ud800x":1}""")]
    public void What_has_no_canonical_form_is_refused(string json) => Assert.Throws<JsonException>(() => CanonicalJson.Write(JsonNode.Parse(json)));

    [Fact]
    public void Half_a_surrogate_pair_in_a_text_made_by_hand_is_refused() =>
        Assert.Contains("half a surrogate pair (U+D83D)", Assert.Throws<JsonException>(() => CanonicalJson.Write(JsonValue.Create("\ud83d"))).Message);

    [Fact]
    public void Nesting_without_end_is_refused()
    {
        JsonNode deep = new JsonArray();
        for (var i = 0; i < 1_001; i++)
            deep = new JsonArray(deep);

        Assert.Contains("1000 levels", Assert.Throws<JsonException>(() => CanonicalJson.Write(deep)).Message);
    }

    [Fact]
    public void Values_made_in_code_are_written_as_values_that_were_read()
    {
        var made = new JsonObject
        {
            ["b"] = 7,
            ["a"] = 1.50m,
            ["when"] = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)),
            ["c"] = 'ä',
            ["d"] = 0.1f,
            ["n"] = null,
        };

        Assert.Equal("""{"a":1.5,"b":7,"c":"ä","d":0.1,"n":null,"when":"2026-01-02T03:04:05+02:00"}""", Encoding.UTF8.GetString(CanonicalJson.Write(made)));
    }

    [Fact]
    public void Canonical_JSON_is_its_own_canonical_form_and_means_the_same() => RandomJson.Any.Sample(value =>
    {
        var once = CanonicalJson.Write(value);
        var again = JsonNode.Parse(once);
        Assert.Equal(once, CanonicalJson.Write(again));
        Assert.True(JsonNode.DeepEquals(value, again));
    });

    [Fact]
    public void The_order_and_the_spacing_of_the_input_do_not_matter() => RandomJson.Any.Sample(value =>
        Assert.Equal(CanonicalJson.Write(value), CanonicalJson.Write(JsonNode.Parse(RandomJson.Reversed(value)?.ToJsonString(RandomJson.Indented) ?? "null"))));

    [Fact]
    public void Doubles_read_back_as_the_same_double() => Gen.Double.Where(double.IsFinite).Sample(number =>
        double.Parse(Encoding.UTF8.GetString(CanonicalJson.Write(number)), System.Globalization.CultureInfo.InvariantCulture) == number);

    private static void Canonical(string json, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(CanonicalJson.Write(JsonNode.Parse(json))));
}
