using System.Text.Json.Nodes;
using CsCheck;
using Flotilla.Core.Releases.Changes;

namespace Flotilla.Core.Tests.Releases;

public sealed class DiffTests
{
    [Theory]
    [InlineData("""{"a":1}""", """{"a":1.0}""", "")]
    [InlineData("""{"a":1}""", """{"a":2}""", "Changed a")]
    [InlineData("""{"a":1}""", """{"b":1}""", "Removed a, Added b")]
    [InlineData("""{"m":{"labels":{"a.b/c":1}}}""", """{"m":{"labels":{"a.b/c":2}}}""", "Changed m.labels[a.b/c]")]
    [InlineData("""{"l":[1,2,3]}""", """{"l":[1,4]}""", "Changed l[1], Removed l[2]")]
    [InlineData("""{"c":[{"name":"a","i":1},{"name":"b"}]}""", """{"c":[{"name":"b"},{"name":"a","i":2}]}""", "Changed c[name=a].i")]
    [InlineData("""{"c":[{"name":"a"}]}""", """{"c":[{"name":"b"}]}""", "Removed c[name=a], Added c[name=b]")]
    [InlineData("""{"c":[]}""", """{"c":[{"name":"b","x":{"y":1}}]}""", "Added c[name=b]")]
    [InlineData("""{"a":{"b":1}}""", """{"a":[1]}""", "Changed a")]
    [InlineData("""{"a":null}""", """{"a":1}""", "Changed a")]
    public void Fields_that_differ_have_paths(string before, string after, string expected) =>
        Assert.Equal(expected, string.Join(", ", FieldDiff.Between(JsonNode.Parse(before), JsonNode.Parse(after)).Select(c => $"{c.Kind} {c.Path}")));

    [Fact]
    public void A_difference_of_texts_leads_from_one_to_the_other()
    {
        var text = Gen.String[Gen.Char["ab"], 0, 1].Array[0, 30].Select(l => string.Concat(l.Select(x => x + "\n")));
        Gen.Select(text, text).Sample((before, after) =>
        {
            var diff = UnifiedDiff.Of("a", before, "b", after);
            Assert.Equal(before == after, diff.Length == 0);
            Assert.Equal(after, Applied(before, diff));
        }, iter: 2_000);
    }

    [Fact]
    public void A_difference_reads_as_that_of_diff()
    {
        var before = string.Concat(Enumerable.Range(1, 20).Select(i => $"line {i}\n"));
        var after = before.Replace("line 5\n", "LINE 5\n", StringComparison.Ordinal).Replace("line 19\n", "", StringComparison.Ordinal);

        Assert.Equal(
            """
            --- a
            +++ b
            @@ -2,7 +2,7 @@
             line 2
             line 3
             line 4
            -line 5
            +LINE 5
             line 6
             line 7
             line 8
            @@ -16,5 +16,4 @@
             line 16
             line 17
             line 18
            -line 19
             line 20

            """, UnifiedDiff.Of("a", before, "b", after));
    }

    [Fact]
    public void Texts_that_have_nothing_in_common_do_not_take_forever()
    {
        var before = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"a{i}\n"));
        var after = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"b{i}\n"));

        Assert.Equal(40_003, UnifiedDiff.Of("a", before, "b", after).Split('\n').Length - 1);
    }

    [Fact]
    public void Releases_differ_in_components_and_objects()
    {
        const string config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {tag: '${tag}'}\n";
        const string parameters = "parameters: [{name: tag, default: one}]";
        var before = Shop.With(config + "---\napiVersion: v1\nkind: Service\nmetadata: {name: old}", parameters).Release();
        var after = Shop.With(config + "---\napiVersion: v1\nkind: Service\nmetadata: {name: new}", parameters, "[{name: tag, value: two}]").Release();

        var changes = ReleaseDiff.Between(before, after);

        Assert.Equal([new ComponentChange("till", ChangeKind.Changed, "1.0.0", "1.0.0")], changes.Components);
        Assert.Equal(
            ["Changed v1/ConfigMap/default/a: data.tag", "Added v1/Service/default/new: ", "Removed v1/Service/default/old: "],
            changes.Objects.Select(o => $"{o.Kind} {o.Id}: {string.Join(", ", o.Fields.Select(f => f.Path))}"));
        Assert.Contains("-  tag: one\n+  tag: two\n", UnifiedDiff.Of(changes.Objects[0]));
        Assert.StartsWith("--- /dev/null\n+++ after/v1/Service/default/new\n@@ -0,0 +1,", UnifiedDiff.Of(changes.Objects[1]));
        Assert.True(ReleaseDiff.Between(before, before).IsEmpty);
        Assert.Equal(2, ReleaseDiff.Between(null, after).Count(ChangeKind.Added));
        Assert.Equal(2, ReleaseDiff.Between(after, null).Count(ChangeKind.Removed));
    }

    [Fact]
    public void An_upgrade_of_real_components_is_found_and_its_way_back_is_its_mirror()
    {
        var (older, newer) = (RealStackTests.Real(newer: false, "calico").Release(), RealStackTests.Real(newer: true, "calico").Release());

        var (there, back) = (ReleaseDiff.Between(older, newer), ReleaseDiff.Between(newer, older));

        Assert.Equal(7, there.Components.Count);
        Assert.True(there.Count(ChangeKind.Changed) > 50);
        Assert.Equal(there.Count(ChangeKind.Added), back.Count(ChangeKind.Removed));
        Assert.Equal(there.Objects.Select(o => o.Id).Order(), back.Objects.Select(o => o.Id).Order());
        Assert.All(there.Objects.Where(o => o.Kind == ChangeKind.Changed), o => Assert.NotEmpty(o.Fields));
        Assert.DoesNotContain(there.Objects, o => o.Component is "velero-crds" or "system-upgrade-controller");
    }

    /// <summary>What patch(1) does.</summary>
    private static string Applied(string before, string diff)
    {
        var old = before.Split('\n')[..^1].ToList();
        var result = new List<string>();
        var at = 0;
        foreach (var line in diff.Split('\n', StringSplitOptions.None).Skip(2).SkipLast(1))
        {
            if (line.StartsWith("@@", StringComparison.Ordinal))
            {
                var numbers = line.Split(' ')[1][1..].Split(',').Select(n => int.Parse(n, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
                var start = numbers[1] == 0 ? numbers[0] : numbers[0] - 1;
                result.AddRange(old[at..start]);
                at = start;
            }
            else if (line[0] == '+')
                result.Add(line[1..]);
            else
            {
                Assert.Equal(old[at++], line[1..]);
                if (line[0] == ' ')
                    result.Add(line[1..]);
            }
        }
        result.AddRange(old[at..]);
        return string.Concat(result.Select(l => l + "\n"));
    }
}
