using Flotilla.Kubernetes.Text;

namespace Flotilla.Kubernetes.Tests.Text;

public sealed class Re2Tests
{
    [Theory]
    [InlineData(@"^[a-z]+$", "abc", true)]
    [InlineData(@"^[a-z]+$", "abc\n", false)]
    [InlineData(@"(?m)^b$", "a\nb\nc", true)]
    [InlineData(@"^\d+$", "١٢", false)]
    [InlineData(@"^\w+$", "é", false)]
    [InlineData(@"^[^\W\d]+$", "ab", true)]
    [InlineData(@"^[[:alpha:]-]+$", "a-b", true)]
    [InlineData(@"^[a-z-[x]]$", "-]", true)]
    [InlineData(@"^[]a]+$", "]a", true)]
    [InlineData(@"^\x{41}\x42\103$", "ABC", true)]
    [InlineData(@"^\Qa.b\E$", "a.b", true)]
    [InlineData(@"^\Qa.b\E$", "axb", false)]
    [InlineData(@"^(?P<name>a)(?i:B)$", "ab", true)]
    [InlineData(@"^.{3}$", "a😀b", true)]
    [InlineData(@"^\pL+$", "äß", true)]
    [InlineData(@"^\p{Greek}+$", "αβ", true)]
    [InlineData(@"^a{,2}$", "a{,2}", true)]
    [InlineData(@"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$", "1.5Gi", true)]
    public void Patterns_match_as_in_go(string pattern, string text, bool expected) => Assert.Equal(expected, Re2.Parse(pattern).IsMatch(text));

    [Theory]
    [InlineData("(", "missing closing ): `(`")]
    [InlineData("a)", "unexpected ): `a)`")]
    [InlineData("[a", "missing closing ]: `[a`")]
    [InlineData("*", "missing argument to repetition operator: `*`")]
    [InlineData("a**", "invalid nested repetition operator: `**`")]
    [InlineData("a{2,1}", "invalid repeat count: `{2,1}`")]
    [InlineData("a{1001}", "invalid repeat count: `{1001}`")]
    [InlineData("(?=a)", "invalid or unsupported Perl syntax: `(?=`")]
    [InlineData("[b-a]", "invalid character class range: `b-a`")]
    [InlineData(@"\1", @"invalid escape sequence: `\1`")]
    [InlineData(@"\8", @"invalid escape sequence: `\8`")]
    [InlineData(@"a\", "trailing backslash at end of expression: ``")]
    public void What_go_refuses_is_refused_in_its_words(string pattern, string problem) =>
        Assert.Equal("error parsing regexp: " + problem, Assert.Throws<Re2Exception>(() => Re2.Parse(pattern)).Message);
}
