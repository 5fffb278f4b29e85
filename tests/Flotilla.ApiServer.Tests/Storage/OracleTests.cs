using CsCheck;
using Flotilla.ApiServer.Storage;

namespace Flotilla.ApiServer.Tests.Storage;

/// <summary>The store against a plain list of states, with random operations.</summary>
public sealed class OracleTests
{
    private static readonly string[] Namespaces = ["a", "a-b", "b"];

    private static readonly Gen<ObjectKey> GenKey =
        Gen.Select(Gen.Int[0, 2].Select(i => Namespaces[i]), Gen.Int[0, 7], (ns, number) => new ObjectKey(ns, $"n{number}"));

    private static readonly Gen<Operation> GenOperation = Gen.Frequency(
        (6, GenKey.Select(key => new Operation(Kind.Create, key, 0))),
        (6, Gen.Select(GenKey, Gen.Bool, (key, stale) => new Operation(Kind.Update, key, stale ? 1 : 0))),
        (4, Gen.Select(GenKey, Gen.Bool, (key, stale) => new Operation(Kind.Delete, key, stale ? 1 : 0))),
        (1, Gen.Select(GenKey, Gen.Int[0, 30], (key, back) => new Operation(Kind.Watch, key, back))),
        (1, Gen.Select(GenKey, Gen.Int[0, 30], (key, back) => new Operation(Kind.List, key, back))),
        (1, GenKey.Select(key => new Operation(Kind.Read, key, 0))));

    private enum Kind
    {
        Create,
        Update,
        Delete,
        Watch,
        List,
        Read,
    }

    [Fact]
    public async Task One_after_the_other_every_operation_gives_what_the_oracle_gives() =>
        await GenOperation.Array[0, 150].SampleAsync(Run, iter: 300);

    private static async Task Run(Operation[] operations)
    {
        await using var database = await ObjectDatabase.OpenAsync(null, new StorageOptions { HistoryChanges = 20 }, CancellationToken.None);
        var store = database.Cluster("c").Resource("things");
        var oracle = new Oracle(database.Revision);
        var watchers = new List<(Watcher Watcher, string Ns, List<string> Expected)>();
        foreach (var (kind, key, number) in operations)
        {
            var current = store.Get(key);
            (long, long)? expected = oracle.Now.TryGetValue(key, out var known) ? known : null;
            Assert.Equal(expected, current is null ? null : (current.Revision, Objects.Value(current)));
            var value = database.Revision * 10;
            switch (kind)
            {
                case Kind.Create:
                    await oracle.Write(current is null, key, value, () => store.CreateAsync(key, Objects.Of(key, value), default));
                    break;
                case Kind.Update:
                    await oracle.Write(current is not null && number == 0, key, value,
                        () => store.UpdateAsync(key, (current?.Revision ?? 1) - number, Objects.Of(key, value), default));
                    break;
                case Kind.Delete:
                    await oracle.Write(current is not null && number == 0, key, null,
                        () => store.DeleteAsync(key, (current?.Revision ?? 1) - number, null, default));
                    break;
                case Kind.Watch:
                    var from = Math.Max(1, database.Revision - number);
                    if (from < oracle.OldestRevision(20))
                    {
                        Assert.Throws<RevisionExpiredException>(() => store.Watch(key.Namespace, null, from));
                        break;
                    }
                    watchers.Add((store.Watch(key.Namespace, null, from), key.Namespace, oracle.EventsAfter(from, key.Namespace)));
                    oracle.Subscribe(key.Namespace, watchers[^1].Expected);
                    break;
                case Kind.List:
                    var at = Math.Max(1, database.Revision - number);
                    if (at < oracle.OldestRevision(20))
                        Assert.Throws<RevisionExpiredException>(() => store.List(null, null, 0, at, null));
                    else
                        Assert.Equal(oracle.At(at), Page(store, at, (number % 5) + 1));
                    break;
                default:
                    ReadAll(watchers);
                    break;
            }
        }
        ReadAll(watchers);
    }

    private static List<string> Page(ResourceStore store, long revision, int limit)
    {
        var lines = new List<string>();
        ObjectKey? after = null;
        while (true)
        {
            var page = store.List(null, after, limit, revision, null);
            lines.AddRange(Objects.Show(page.Items));
            Assert.Equal(page.HasMore, page.Remaining > 0);
            if (!page.HasMore)
                return lines;
            after = page.Items[^1].Key;
        }
    }

    private static void ReadAll(List<(Watcher Watcher, string Ns, List<string> Expected)> watchers)
    {
        foreach (var (watcher, _, expected) in watchers)
        {
            // One that was overtaken may see less, but nothing wrong and nothing behind a gap.
            var seen = Objects.ReadAll(watcher).Select(Objects.Show).ToList();
            Assert.Equal(watcher.End is null ? expected : expected.Take(seen.Count), seen);
            expected.Clear();
            if (watcher.End is not null)
                Assert.Equal(WatchEnd.TooSlow, watcher.End);
        }
        watchers.RemoveAll(w => w.Watcher.End is not null);
    }

    private sealed record Operation(Kind Kind, ObjectKey Key, int Number);

    private sealed class Oracle(long start)
    {
        private readonly List<(long Revision, ObjectKey Key, string Event, SortedDictionary<ObjectKey, (long Revision, long Value)> After)> steps =
            [(start, default, "", [])];

        private readonly List<(string Ns, List<string> Events)> subscribers = [];

        public SortedDictionary<ObjectKey, (long Revision, long Value)> Now => steps[^1].After;

        public async Task Write(bool valid, ObjectKey key, long? value, Func<Task<StoredObject>> write)
        {
            if (!valid)
            {
                await Assert.ThrowsAsync<StorageConflictException>(write);
                return;
            }
            var stored = await write();
            Assert.Equal(steps[^1].Revision + 1, stored.Revision);
            var after = new SortedDictionary<ObjectKey, (long, long)>(Now);
            var type = value is null ? ChangeType.Deleted : after.ContainsKey(key) ? ChangeType.Modified : ChangeType.Added;
            var line = $"{type} {key}={value ?? Now[key].Value}";
            if (value is { } known)
                after[key] = (stored.Revision, known);
            else
                after.Remove(key);
            steps.Add((stored.Revision, key, line, after));
            foreach (var (ns, events) in subscribers)
            {
                if (ns == key.Namespace)
                    events.Add(line);
            }
        }

        public void Subscribe(string ns, List<string> events) => subscribers.Add((ns, events));

        public long OldestRevision(int history) => steps[Math.Max(0, steps.Count - 1 - history)].Revision;

        public List<string> EventsAfter(long revision, string ns) =>
            [.. steps.Where(s => s.Revision > revision && s.Key.Namespace == ns).Select(s => s.Event)];

        public IEnumerable<string> At(long revision) =>
            steps.Last(s => s.Revision <= revision).After.Select(e => $"{e.Key}={e.Value.Value}");
    }
}
