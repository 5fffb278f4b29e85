using Flotilla.Kubernetes.Selectors;

namespace Flotilla.Kubernetes.Tests.Selectors;

public sealed class FieldSelectorTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData(",", true)]
    [InlineData("metadata.name=b", true)]
    [InlineData("metadata.name==b", true)]
    [InlineData("metadata.name!=b", false)]
    [InlineData("metadata.name!=a,metadata.namespace=n", true)]
    [InlineData("metadata.name=b,metadata.name=a", false)]
    [InlineData("status.phase=", true)]
    [InlineData("status.phase!=", false)]
    [InlineData(@"spec.text=a\,b\=c\\d", true)]
    public void Matches_fields(string selector, bool expected)
    {
        var fields = new Dictionary<string, string> { ["metadata.name"] = "b", ["metadata.namespace"] = "n", ["spec.text"] = @"a,b=c\d" };
        var parsed = FieldSelector.Parse(selector);
        Assert.Equal(expected, parsed.Matches(f => fields.GetValueOrDefault(f)));
        Assert.Equal(expected, FieldSelector.Parse(parsed.ToString()).Matches(f => fields.GetValueOrDefault(f)));
        Assert.Equal(selector.Trim(',').Length == 0, parsed.IsEverything);
    }

    [Theory]
    [InlineData("metadata.name", "invalid selector: 'metadata.name'; can't understand 'metadata.name'")]
    [InlineData("a=b,c", "invalid selector: 'a=b,c'; can't understand 'c'")]
    [InlineData("a=b=c", "invalid field selector: unescaped character in value: 61")]
    [InlineData(@"a=b\c", @"invalid field selector: invalid escape sequence: \c")]
    [InlineData(@"a=b\😀", @"invalid field selector: invalid escape sequence: \😀")]
    [InlineData(@"a=b\", @"invalid field selector: invalid escape sequence: \")]
    public void Says_what_is_wrong(string selector, string message) =>
        Assert.Equal(message, Assert.Throws<SelectorException>(() => FieldSelector.Parse(selector)).Message);

    [Fact]
    public void Requirements_are_for_the_server_to_judge()
    {
        var selector = FieldSelector.Parse(@"type!=Opaque,metadata.name=a\,b");
        Assert.Equal([new("metadata.name", true, "a,b"), new("type", false, "Opaque")], selector.Requirements);
        Assert.Equal("a,b", selector.ExactValue("metadata.name"));
        Assert.Null(selector.ExactValue("type"));
    }
}
