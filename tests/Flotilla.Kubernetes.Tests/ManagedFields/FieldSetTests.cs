using CsCheck;
using Flotilla.Kubernetes.ManagedFields;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.Tests.ManagedFields;

public sealed class FieldSetTests
{
    [Fact]
    public void Members_are_what_was_put_in() => Sets.Path.Array[0, 8].Sample(paths =>
    {
        var set = FieldSet.Of(paths);
        Assert.Equal(paths.Distinct().Count(), set.Count);
        Assert.All(paths, path => Assert.True(set.Contains(path)));
        Assert.Equal(paths.ToHashSet(), set.Paths().ToHashSet());
    });

    [Fact]
    public void Union_intersection_and_difference_are_those_of_the_members() => Gen.Select(Sets.Any, Sets.Any).Sample((a, b) =>
    {
        var (left, right) = (a.Paths().ToHashSet(), b.Paths().ToHashSet());
        Assert.Equal(FieldSet.Of(left.Union(right)), a.Union(b));
        Assert.Equal(FieldSet.Of(left.Intersect(right)), a.Intersect(b));
        Assert.Equal(FieldSet.Of(left.Except(right)), a.Except(b));
        Assert.Equal(left.IsSubsetOf(right), a.IsSubsetOf(b));
    });

    [Fact]
    public void Subtrees_go_with_their_root() => Gen.Select(Sets.Any, Sets.Any).Sample((a, b) =>
    {
        var roots = b.Paths().ToHashSet();
        var expected = a.Paths().Where(path => !Enumerable.Range(1, path.Count).Any(n => roots.Contains(new FieldPath(path.Take(n)))));
        Assert.Equal(FieldSet.Of(expected), a.ExceptSubtrees(b));
    });

    [Fact]
    public void Leaves_have_no_members_below() => Sets.Any.Sample(set =>
    {
        var all = set.Paths().ToList();
        var expected = all.Where(path => !all.Exists(other => other.Count > path.Count && other.Take(path.Count).SequenceEqual(path)));
        Assert.Equal(FieldSet.Of(expected), set.Leaves());
    });

    [Fact]
    public void Laws_of_sets_hold() => Gen.Select(Sets.Any, Sets.Any, Sets.Any).Sample((a, b, c) =>
    {
        Assert.Equal(a.Union(b), b.Union(a));
        Assert.Equal(a.Intersect(b), b.Intersect(a));
        Assert.Equal(a.Union(b).Union(c), a.Union(b.Union(c)));
        Assert.Equal(a.Intersect(b.Union(c)), a.Intersect(b).Union(a.Intersect(c)));
        Assert.Equal(a, a.Except(b).Union(a.Intersect(b)));
        Assert.Equal(a.Except(b).Except(c), a.Except(b.Union(c)));
        Assert.True(a.Except(a).IsEmpty);
        Assert.Equal(a, a.Union(FieldSet.Empty));
        Assert.Equal(a.GetHashCode(), FieldSet.Of(a.Paths()).GetHashCode());
    });

    [Fact]
    public void Members_of_a_level_come_before_those_below()
    {
        var set = FieldSet.Of(FieldPath.Of("b", "x"), FieldPath.Of("c"), FieldPath.Of("a", "x"), FieldPath.Of("a"));
        Assert.Equal([".a", ".c", ".a.x", ".b.x"], set.Paths().Select(p => p.ToString()));
    }

    [Fact]
    public void Numbers_are_equal_whatever_their_form() =>
        Assert.Equal(FieldSet.Of(new FieldPath(PathElement.Value(FieldScalar.From(1L)))), FieldSet.Of(new FieldPath(PathElement.Value(FieldScalar.From(1.0)))));

    [Fact]
    public void Names_are_ordered_by_their_UTF8()
    {
        var set = FieldSet.Of(FieldPath.Of("\U0001F600"), FieldPath.Of("\uFFFD"), FieldPath.Of("z"));
        Assert.Equal([".z", ".\uFFFD", ".\U0001F600"], set.Paths().Select(p => p.ToString()));
    }

    [Fact]
    public void Declared_fields_on_the_way_become_members_but_keys_of_maps_do_not()
    {
        var schema = BuiltInTypes.Instance.Kind("v1", "Pod")!;
        var container = PathElement.Key(new KeyField("name", FieldScalar.From("app")));
        var set = FieldSet.Of(
            FieldPath.Of("metadata", "labels", "a"),
            FieldPath.Of("spec", "containers").Then(container).Then(PathElement.Field("resources")).Then(PathElement.Field("limits")).Then(PathElement.Field("cpu")));
        Assert.Equal(
            [
                ".metadata", ".spec", ".metadata.labels", ".metadata.labels.a", ".spec.containers", ".spec.containers[name=\"app\"].resources",
                ".spec.containers[name=\"app\"].resources.limits", ".spec.containers[name=\"app\"].resources.limits.cpu",
            ],
            set.WithNamedFields(schema).Paths().Select(p => p.ToString()));
    }

    [Fact]
    public void A_filter_keeps_or_drops_subtrees()
    {
        var set = FieldSet.Of(FieldPath.Of("spec"), FieldPath.Of("spec", "a"), FieldPath.Of("status", "b"), FieldPath.Of("metadata", "labels", "x"));
        Assert.Equal([".status.b"], Shown(FieldFilter.Except(FieldPath.Of("spec"), FieldPath.Of("metadata")).Apply(set)));
        var containers = FieldPath.Of("spec", "containers").Then(PathElement.Key(new KeyField("name", FieldScalar.From("app"))));
        var pod = FieldSet.Of(containers.Then(PathElement.Field("image")), containers.Then(PathElement.Field("resources")).Then(PathElement.Field("limits")));
        Assert.Equal(
            [".spec.containers[name=\"app\"].resources.limits"],
            Shown(FieldFilter.Only(["spec", "containers", null, "resources"]).Apply(pod)));
    }

    private static IEnumerable<string> Shown(FieldSet set) => set.Paths().Select(p => p.ToString());
}
