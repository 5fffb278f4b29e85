using CsCheck;
using Flotilla.ApiServer.Storage;

namespace Flotilla.ApiServer.Tests.Storage;

public sealed class ObjectSetTests
{
    private static readonly string[] Namespaces = ["a", "a-b", "a.b", "a0", "b"];

    private static readonly Gen<ObjectKey> GenKey = Gen.Select(
        Gen.Int[0, 4].Select(i => Namespaces[i]),
        Gen.Int[0, 400],
        (ns, number) => new ObjectKey(ns, $"n{number}"));

    [Fact]
    public void Agrees_with_a_sorted_dictionary()
    {
        // From a handful of objects to dozens of nodes that split and merge.
        Gen.Select(Gen.Int[0, 3000], Gen.Double[0.1, 0.9]).SelectMany(
                (count, adding) => Gen.Select(GenKey, Gen.Double[0, 1], (key, chance) => (Key: key, Add: chance < adding)).Array[count])
            .Sample(operations =>
            {
                var set = ObjectSet.Empty;
                var oracle = new SortedDictionary<ObjectKey, StoredObject>();
                long revision = 0;
                foreach (var (key, add) in operations)
                {
                    var old = set;
                    var (count, before) = (old.Count, old.Find(key));
                    revision++;
                    var obj = Object(key, revision);
                    set = add ? set.With(obj, revision) : set.Without(key, revision);
                    if (add)
                        oracle[key] = obj;
                    else
                        oracle.Remove(key);
                    Assert.Equal((revision, oracle.Count), (set.Revision, set.Count));
                    Assert.Same(before, old.Find(key));
                    Assert.Equal(count, old.Count);
                }
                Assert.Equal(oracle.Values, Read(set.From(null, null)));
                foreach (var key in operations.Take(20).Select(o => o.Key).Append(new ObjectKey("aa", "")))
                {
                    Assert.Same(oracle.GetValueOrDefault(key), set.Find(key));
                    Assert.Equal(oracle.Values.Where(o => o.Key.CompareTo(key) > 0), Read(set.From("", key)));
                    Assert.Equal(oracle.Values.Where(o => o.Key.Namespace == key.Namespace), Read(set.From(key.Namespace, null)));
                    Assert.Equal(oracle.Values.Where(o => o.Key.Namespace == "a" && o.Key.CompareTo(key) > 0), Read(set.From("a", key)));
                }
            }, iter: 200);
    }

    [Fact]
    public void A_large_set_grows_and_shrinks_in_any_order()
    {
        const int count = 30_000;
        var random = new Random(7);
        var keys = Enumerable.Range(0, count).Select(i => new ObjectKey(Namespaces[i % 5], $"{i:D6}")).ToArray();
        random.Shuffle(keys);
        var set = ObjectSet.Empty;
        foreach (var key in keys)
            set = set.With(Object(key, 1), 1);
        Assert.Equal(keys.Order(), Read(set.From(null, null)).Select(o => o.Key));
        var full = set;
        random.Shuffle(keys);
        for (var i = 0; i < count; i++)
        {
            if (i % 5000 == 0)
                Assert.Equal(keys[i..].Where(k => k.Namespace == "a.b").Order(), Read(set.From("a.b", null)).Select(o => o.Key));
            Assert.NotNull(set.Find(keys[i]));
            set = set.Without(keys[i], 2);
            Assert.Null(set.Find(keys[i]));
        }
        Assert.Equal(0, set.Count);
        Assert.Equal(keys.Order(), Read(full.From(null, null)).Select(o => o.Key));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(4096)]
    [InlineData(4097)]
    public void A_sorted_list_becomes_the_same_set_as_one_built_step_by_step(int count)
    {
        var objects = Enumerable.Range(0, count).Select(i => Object(new ObjectKey("a", $"{i:D5}"), i + 1)).ToList();
        var set = ObjectSet.FromSorted(objects);
        Assert.Equal(objects, Read(set.From(null, null)));
        Assert.Equal((count, count), (set.Count, set.Revision));
    }

    private static List<StoredObject> Read(ObjectSet.Cursor cursor)
    {
        var objects = new List<StoredObject>();
        for (var remaining = cursor.Remaining; cursor.TryRead(out var obj); remaining--)
        {
            Assert.Equal(remaining - 1, cursor.Remaining);
            objects.Add(obj);
        }
        Assert.Equal(0, cursor.Remaining);
        return objects;
    }

    private static StoredObject Object(ObjectKey key, long revision) => new(key, revision, revision, [], 0, []);
}
