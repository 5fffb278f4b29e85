using CsCheck;
using Flotilla.Core.Versions;

namespace Flotilla.Core.Tests.Versions;

public sealed class VersionRangeTests
{
    [Theory]
    [InlineData(">=1.31 <1.35", "1.31.0 1.34.9 1.34.9+k3s1", "1.30.9 1.35.0 1.35.0-rc.1 1.32.0-rc.1")]
    [InlineData(">= 1.31, <1.35", null, null)]
    [InlineData(">1.31", "1.32.0", "1.31.0 1.31.5")]
    [InlineData("<=1.31", "1.31.9 0.1.0", "1.32.0 1.32.0-alpha")]
    [InlineData("<1.31", "1.30.9", "1.31.0 1.31.0-rc.1")]
    [InlineData(">=1.2.3", "1.2.3 2.0.0", "1.2.2 1.2.3-rc.1")]
    [InlineData("=1.2.3", "1.2.3 1.2.3+x", "1.2.4")]
    [InlineData("1.2.3", "1.2.3 v1.2.3", "1.2.4 1.2.2")]
    [InlineData("1.2", "1.2.0 1.2.99", "1.3.0 1.1.9")]
    [InlineData("1.x", "1.0.0 1.99.0", "0.9.0 2.0.0")]
    [InlineData("1.2.*", "1.2.7", "1.3.0")]
    [InlineData("*", "0.0.0 99.0.0", "1.0.0-rc.1")]
    [InlineData("^1.2.3", "1.2.3 1.9.0", "1.2.2 2.0.0 2.0.0-rc.1")]
    [InlineData("^0.2.3", "0.2.3 0.2.9", "0.3.0")]
    [InlineData("^0.0.3", "0.0.3", "0.0.4 0.0.2")]
    [InlineData("^0.0", "0.0.9", "0.1.0")]
    [InlineData("^0", "0.9.0", "1.0.0")]
    [InlineData("^1", "1.0.0 1.9.0", "2.0.0")]
    [InlineData("~1.2.3", "1.2.3 1.2.9", "1.3.0 1.2.2")]
    [InlineData("~1.2", "1.2.0 1.2.9", "1.3.0")]
    [InlineData("~1", "1.9.9", "2.0.0")]
    [InlineData("<1.0 || >=2.0 <3", "0.9.0 2.5.0", "1.0.0 3.0.0")]
    [InlineData(">=1.2.3-rc.1", "1.2.3-rc.1 1.2.3-rc.10 1.2.3 1.2.4", "1.2.3-beta 1.2.4-rc.1")]
    [InlineData("<2.0.0-rc.2", "2.0.0-rc.1 1.0.0", "2.0.0-rc.2 2.0.0")]
    [InlineData(">*", "", "0.0.0 1.0.0")]
    [InlineData("<*", "", "0.0.0 1.0.0")]
    [InlineData("", "1.0.0", "")]
    [InlineData("v1.31", "1.31.4 v1.31.4", "1.32.0")]
    [InlineData("1.2 ||", null, null)]
    [InlineData("latest", null, null)]
    [InlineData(">=", null, null)]
    [InlineData("=>1", null, null)]
    [InlineData("1.2.3.4", null, null)]
    [InlineData("1.x.3", null, null)]
    [InlineData("1.2-rc", null, null)]
    public void A_range_holds_the_versions_it_says(string text, string? inside, string? outside)
    {
        var range = VersionRange.TryParse(text, out var problem);
        Assert.Equal(inside is not null, range is not null);
        Assert.Equal(inside is null, problem.Length > 0);
        foreach (var version in Words(inside))
            Assert.True(range!.Contains(SemanticVersion.TryParse(version)!), $"{version} is in {text}");
        foreach (var version in Words(outside))
            Assert.False(range!.Contains(SemanticVersion.TryParse(version)!), $"{version} is not in {text}");
    }

    [Theory]
    [InlineData("'=>' compares nothing: use =, >, >=, <, <=, ^ or ~", "=>1")]
    [InlineData("'latest' is no version", "latest")]
    [InlineData("'>=' is followed by no version", "1.0 >=")]
    [InlineData("a range is missing beside ||", "|| 1")]
    public void What_is_wrong_is_said(string problem, string text)
    {
        Assert.Null(VersionRange.TryParse(text, out var said));
        Assert.Equal(problem, said);
    }

    [Theory]
    [InlineData("v1.36.2+k3s1", ">=1.36.2", true)]
    [InlineData("v1.36.2-gke.100", ">=1.36.2", true)]
    [InlineData("v1.36.0-eks-a1b2c3", "~1.36", true)]
    [InlineData("v1.37.0-alpha.1", ">=1.36", false)]
    [InlineData("v1.37.0-rc.0", "<1.37", false)]
    public void Builds_of_vendors_are_no_pre_releases(string kubernetes, string range, bool inside) =>
        Assert.Equal(inside, VersionRange.TryParse(range, out _)!.Contains(SemanticVersion.TryParseKubernetes(kubernetes)!));

    [Fact]
    public void Versions_are_in_order()
    {
        // The example of semver.org, section 11, and numbers that texts would put the other way round.
        string[] ordered = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.2", "1.10", "2024.01.1"];
        for (var i = 0; i < ordered.Length; i++)
        {
            for (var j = 0; j < ordered.Length; j++)
                Assert.Equal(Math.Sign(i.CompareTo(j)), SemanticVersion.TryParse(ordered[i])!.CompareTo(SemanticVersion.TryParse(ordered[j])));
        }
    }

    [Fact]
    public void A_caret_never_reaches_the_next_major_version_and_keeps_what_is_newer_within()
    {
        var part = Gen.Int[0, 20];
        Gen.Select(part, part, part, part, part, part).Sample((a, b, c, x, y, z) =>
        {
            var range = VersionRange.TryParse($"^{a}.{b}.{c}", out _)!;
            var version = SemanticVersion.TryParse($"{x}.{y}.{z}")!;
            var low = SemanticVersion.TryParse($"{a}.{b}.{c}")!;
            var same = a > 0 ? x == a : b > 0 ? (x, y) == (0, b) : (x, y, z) == (0, 0, c);
            return range.Contains(version) == (same && version >= low);
        });
    }

    [Fact]
    public void Any_text_is_read_or_refused_with_a_reason() =>
        Gen.String[Gen.Char["<>=^~|x*v.-+ 0129a"], 0, 24].Sample(text => (VersionRange.TryParse(text, out var problem) is null) == problem.Length > 0);

    private static string[] Words(string? text) => (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
