using Flotilla.Api;
using Flotilla.Core.Fleets;

namespace Flotilla.Core.Tests.Fleets;

public sealed class UpgradePathTests
{
    /// <summary>Revisions are written as <c>component version [from range]</c>, components joined by commas, revisions by semicolons; they are numbered from 1.</summary>
    [Theory]
    [InlineData("", "web 1.0.0; web 3.0.0 from >=2", 2, "a site without anything goes to the wanted one")]
    [InlineData("web 1.0.0", "web 1.0.0; web 2.0.0", 2, "nothing is said, so everything is admitted")]
    [InlineData("web 1.0.0", "web 1.0.0; web 2.0.0 from >=1 <2; web 3.0.0 from >=2 <3; web 4.0.0 from >=3 <4", 2, "a chain of three, first step")]
    [InlineData("web 2.0.0", "web 1.0.0; web 2.0.0 from >=1 <2; web 3.0.0 from >=2 <3; web 4.0.0 from >=3 <4", 3, "second step")]
    [InlineData("web 3.0.0", "web 1.0.0; web 2.0.0 from >=1 <2; web 3.0.0 from >=2 <3; web 4.0.0 from >=3 <4", 4, "third step")]
    [InlineData("web 4.0.0", "web 1.0.0; web 2.0.0; web 4.0.0 from >=3", 3, "there already")]
    [InlineData("web 1.0.0", "web 1.0.0; web 2.0.0; web 2.1.0; web 3.0.0 from >=2", 3, "of equally short ways the newest step")]
    [InlineData("web 1.0.0", "web 1.0.0; web 2.0.0; web 2.5.0; web 3.0.0 from ~2.0", 2, "the newest step is a dead end")]
    [InlineData("web 1.0.0", "web 1.0.0; web 3.0.0 from >=2", 0, "a gap")]
    [InlineData("web 4.0.0", "web 4.0.0; web 3.0.0 from >=2 <3", 2, "going back is allowed")]
    [InlineData("web 1.0.0", "web 1.0.0; net 2.0.0 from >=1", 2, "a component that is removed does not count")]
    [InlineData("net 1.0.0", "net 1.0.0; net 1.0.0, web 3.0.0 from >=2", 2, "a component that is new does not count")]
    [InlineData("net 1.0.0, web 1.0.0", "net 2.0.0, web 1.0.0; net 3.0.0 from >=2, web 3.0.0 from >=2", 0, "every component must be admitted")]
    [InlineData("net 1.0.0, web 1.0.0", "net 2.0.0, web 2.0.0; net 3.0.0 from >=2, web 3.0.0 from >=2", 1, "and is, through what has both")]
    [InlineData("web 5.0.0, net 1.0.0", "web 4.0.0, net 2.0.0; web 6.0.0, net 3.0.0 from >=2", 0, "on the way up nothing goes down")]
    [InlineData("web main", "web 2.0.0 from >=1", 0, "a version that cannot be compared is in no range")]
    [InlineData("web main", "web main from >=1, net 1.0.0", 1, "the same version is always admitted")]
    public void Sites_go_to(string runs, string history, int expected, string why)
    {
        var revisions = history.Split(';').Select((text, i) => Read(text, $"{i + 1}")).ToList();
        var from = runs.Length == 0 ? null : Read(runs, $"{history.Split(';').Select(Plain).ToList().IndexOf(runs) + 1}");

        var step = UpgradePath.Next(from, revisions);

        Assert.True((expected == 0 ? null : $"{expected}") == step.Revision, $"{why}: {step}");
        Assert.Equal(expected == 0 ? Reasons.NoUpgradePath : null, step.Problem?.Reason);
    }

    [Fact]
    public void What_stands_in_the_way_is_named() => Assert.Equal(
        "web 3.0.0 may be reached from >=2 only, the site runs 1.0.0, and no good revision of the fleet leads from there: roll out a version of web in between, or widen upgradeFrom of 3.0.0.",
        UpgradePath.Next(Read("web 1.0.0", "1"), [Read("web 3.0.0 from >=2", "2")]).Problem!.Message);

    private static string Plain(string revision) => string.Join(", ", revision.Split(',').Select(c => c.Split(" from ")[0].Trim()));

    private static RevisionVersions Read(string text, string revision) => new(revision, text.Split(',').Select(c => c.Split(" from ")).ToDictionary(
        c => c[0].Trim().Split(' ')[0], c => new ComponentVersionRange(c[0].Trim().Split(' ')[1], c.Length > 1 ? c[1].Trim() : null)));
}
