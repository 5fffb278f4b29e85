using System.Text;
using Flotilla.Core.Releases;

namespace Flotilla.Core.Tests.Releases;

/// <summary>A revision that was stored compiles again to itself, whatever became of its declarations.</summary>
public sealed class RevisionReaderTests
{
    private const string Manifest =
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: till}
        data: {count: "${count}"}
        """;

    private static Declared Till => Shop.With(
        Manifest, "upgradeFrom: '>=0.9 <1'\nparameters: [{name: count, default: 1}]\npatches: [{target: {kind: ConfigMap}, merge: {data: {gone: null, more: 1.50}}}]", """[{name: count, value: "${site.name}"}]""");

    [Theory]
    [InlineData(false, "calico")]
    [InlineData(true, "calico")]
    [InlineData(false, "flannel")]
    [InlineData(true, "flannel")]
    public void Real_stacks_read_back(bool newer, string network) => ReadsBack(RealStackTests.Real(newer, network), new SiteInputs("store-1"));

    [Fact]
    public void Inline_sources_read_back() => ReadsBack(Till, SiteInputs.Of(Till.Sites[0]));

    [Fact]
    public void Content_that_is_missing_is_named()
    {
        var revision = Till.Revision();

        var outcome = RevisionReader.Read(revision.Digest, revision.Inputs, _ => null);

        Assert.Null(outcome.Revision);
        Assert.True(outcome.IsWaiting);
        Assert.Contains(RevisionReader.SourcesOf(revision.Inputs)[0], outcome.Problems[0].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"form\":1", "\"form\":2", "form is 2")]
    [InlineData("\"adopt\":false", "\"adopt\":true", "compiles to sha256:")]
    [InlineData("\"patches\":", "\"patch\":", "patches is missing")]
    [InlineData("{\"components\"", "{\"component\"", "components is missing")]
    [InlineData("\"substitute\":true", "\"substitute\":1", "substitute is missing")]
    public void What_is_not_that_revision_is_a_problem(string from, string to, string expected)
    {
        var revision = Till.Revision();
        var text = Encoding.UTF8.GetString(revision.Inputs.Span);
        var changed = text.Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(text, changed);

        var outcome = RevisionReader.Read(revision.Digest, Encoding.UTF8.GetBytes(changed), Sources(Till, revision));

        Assert.Null(outcome.Revision);
        Assert.Contains(expected, Assert.Single(outcome.Problems).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_range_that_is_none_is_told() =>
        Assert.Equal("Component/till: spec.versions[0].upgradeFrom: 'one' is no version; write a range as \">=1.2 <2\"", Shop.With("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}", "upgradeFrom: '>=one'").Problems());

    private static void ReadsBack(Declared declared, SiteInputs site)
    {
        var revision = declared.Revision();
        var content = Sources(declared, revision);
        Assert.All(RevisionReader.SourcesOf(revision.Inputs), digest => Assert.NotNull(content(digest)));

        var outcome = RevisionReader.Read(revision.Digest, revision.Inputs, content);

        Assert.Empty(outcome.Problems);
        Assert.Equal(revision.Digest, outcome.Revision!.Digest);
        Assert.Equal(revision.Order, outcome.Revision.Order);
        Assert.Equal(ReleaseCompiler.Compile(revision, site).Release!.Digest, ReleaseCompiler.Compile(outcome.Revision, site).Release!.Digest);
    }

    private static Func<string, ReadOnlyMemory<byte>?> Sources(Declared declared, Revision revision)
    {
        var inline = revision.InlineSources.DistinctBy(s => s.Digest).ToDictionary(s => s.Digest, s => s.Bytes);
        return digest => inline.TryGetValue(digest, out var text) ? text : declared.Content.TryGetValue(digest, out var bytes) ? (ReadOnlyMemory<byte>?)bytes : null;
    }
}
