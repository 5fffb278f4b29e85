namespace Flotilla.ApiServer.Storage;

/// <summary>Where to stop counting, relative to a key.</summary>
internal enum KeyBound
{
    /// <summary>At the key.</summary>
    Key,

    /// <summary>Behind the key.</summary>
    BehindKey,

    /// <summary>Behind all keys of its namespace.</summary>
    EndOfNamespace,
}

/// <summary>
/// An immutable B+ tree of objects by key that knows the sizes of its parts. A change copies one node on each level, some
/// hundred bytes each; nodes have exactly the size they need, so a handful of objects takes one array.
/// </summary>
internal abstract class ObjectTree
{
    private const int MaxWidth = 64;

    public abstract int Count { get; }

    protected abstract ObjectKey First { get; }

    /// <summary>Entries of this node itself.</summary>
    protected abstract int Width { get; }

    public static ObjectTree? FromSorted(List<StoredObject> objects)
    {
        var level = new List<ObjectTree>();
        for (var i = 0; i < objects.Count; i += MaxWidth)
            level.Add(new Leaf([.. objects[i..Math.Min(objects.Count, i + MaxWidth)]]));
        while (level.Count > 1)
        {
            var above = new List<ObjectTree>();
            for (var i = 0; i < level.Count; i += MaxWidth)
                above.Add(new Inner([.. level[i..Math.Min(level.Count, i + MaxWidth)]]));
            level = above;
        }
        return level.Count == 0 ? null : level[0];
    }

    public static ObjectTree With(ObjectTree? root, StoredObject obj)
    {
        if (root is null)
            return new Leaf([obj]);
        var left = root.Put(obj, out var right);
        return right is null ? left : new Inner([left, right]);
    }

    public abstract StoredObject? Find(ObjectKey key);

    /// <summary>Null when nothing is left.</summary>
    public ObjectTree? Without(ObjectKey key)
    {
        var rest = Remove(key);
        while (rest is Inner { Only: { } only })
            rest = only;
        return rest;
    }

    /// <summary>How many objects come before a bound.</summary>
    public abstract int CountBefore(ObjectKey key, KeyBound bound);

    /// <summary>The array that holds the object at a position, and where in it.</summary>
    public abstract (StoredObject[] Objects, int Index) LeafAt(int position);

    /// <summary>The node with an object; when it got too wide, its right part comes apart.</summary>
    protected abstract ObjectTree Put(StoredObject obj, out ObjectTree? right);

    protected abstract ObjectTree? Remove(ObjectKey key);

    /// <summary>One node of this one's entries and those of the next.</summary>
    protected abstract ObjectTree Join(ObjectTree next);

    private static bool IsBefore(ObjectKey one, ObjectKey key, KeyBound bound) => bound switch
    {
        KeyBound.Key => one.CompareTo(key) < 0,
        KeyBound.BehindKey => one.CompareTo(key) <= 0,
        _ => ObjectKey.CompareNamespaces(one.Namespace, key.Namespace) <= 0,
    };

    private static T[] Inserted<T>(T[] array, int at, T item)
    {
        var result = new T[array.Length + 1];
        array.AsSpan(0, at).CopyTo(result);
        result[at] = item;
        array.AsSpan(at).CopyTo(result.AsSpan(at + 1));
        return result;
    }

    private static T[] Removed<T>(T[] array, int at)
    {
        var result = new T[array.Length - 1];
        array.AsSpan(0, at).CopyTo(result);
        array.AsSpan(at + 1).CopyTo(result.AsSpan(at));
        return result;
    }

    private static T[] Replaced<T>(T[] array, int at, T item)
    {
        var result = array.AsSpan().ToArray();
        result[at] = item;
        return result;
    }

    /// <summary>Where to cut a node that got too wide. What comes in order leaves full nodes behind, not half empty ones.</summary>
    private static int Cut(int width, int insertedAt) => insertedAt == width - 1 ? width - 1 : width / 2;

    private sealed class Leaf(StoredObject[] objects) : ObjectTree
    {
        public override int Count => objects.Length;

        protected override ObjectKey First => objects[0].Key;

        protected override int Width => objects.Length;

        public override StoredObject? Find(ObjectKey key)
        {
            var at = Search(key, KeyBound.Key);
            return at < objects.Length && objects[at].Key == key ? objects[at] : null;
        }

        public override int CountBefore(ObjectKey key, KeyBound bound) => Search(key, bound);

        public override (StoredObject[] Objects, int Index) LeafAt(int position) => (objects, position);

        protected override ObjectTree Put(StoredObject obj, out ObjectTree? right)
        {
            right = null;
            var at = Search(obj.Key, KeyBound.Key);
            if (at < objects.Length && objects[at].Key == obj.Key)
                return new Leaf(Replaced(objects, at, obj));
            var more = Inserted(objects, at, obj);
            if (more.Length <= MaxWidth)
                return new Leaf(more);
            var cut = Cut(more.Length, at);
            right = new Leaf(more[cut..]);
            return new Leaf(more[..cut]);
        }

        protected override ObjectTree? Remove(ObjectKey key)
        {
            var at = Search(key, KeyBound.Key);
            if (at == objects.Length || objects[at].Key != key)
                return this;
            return objects.Length == 1 ? null : new Leaf(Removed(objects, at));
        }

        protected override ObjectTree Join(ObjectTree next) => new Leaf([.. objects, .. ((Leaf)next).Objects]);

        private StoredObject[] Objects => objects;

        private int Search(ObjectKey key, KeyBound bound)
        {
            int low = 0, high = objects.Length;
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (IsBefore(objects[middle].Key, key, bound))
                    low = middle + 1;
                else
                    high = middle;
            }
            return low;
        }
    }

    private sealed class Inner : ObjectTree
    {
        private readonly ObjectTree[] parts;

        public Inner(ObjectTree[] parts)
        {
            this.parts = parts;
            foreach (var part in parts)
                Count += part.Count;
            First = parts[0].First;
        }

        public override int Count { get; }

        /// <summary>The one part, when the node has no other.</summary>
        public ObjectTree? Only => parts.Length == 1 ? parts[0] : null;

        protected override ObjectKey First { get; }

        protected override int Width => parts.Length;

        public override StoredObject? Find(ObjectKey key) => parts[PartOf(key, KeyBound.BehindKey)].Find(key);

        public override int CountBefore(ObjectKey key, KeyBound bound)
        {
            var at = PartOf(key, bound);
            var count = parts[at].CountBefore(key, bound);
            for (var i = 0; i < at; i++)
                count += parts[i].Count;
            return count;
        }

        public override (StoredObject[] Objects, int Index) LeafAt(int position)
        {
            var at = 0;
            for (; position >= parts[at].Count; at++)
                position -= parts[at].Count;
            return parts[at].LeafAt(position);
        }

        protected override ObjectTree Put(StoredObject obj, out ObjectTree? right)
        {
            var at = PartOf(obj.Key, KeyBound.BehindKey);
            var changed = Replaced(parts, at, parts[at].Put(obj, out var apart));
            right = null;
            if (apart is null)
                return new Inner(changed);
            changed = Inserted(changed, at + 1, apart);
            if (changed.Length <= MaxWidth)
                return new Inner(changed);
            var cut = Cut(changed.Length, at + 1);
            right = new Inner(changed[cut..]);
            return new Inner(changed[..cut]);
        }

        protected override ObjectTree? Remove(ObjectKey key)
        {
            var at = PartOf(key, KeyBound.BehindKey);
            var rest = parts[at].Remove(key);
            if (rest == parts[at])
                return this;
            if (rest is null)
                return parts.Length == 1 ? null : new Inner(Removed(parts, at));
            var changed = Replaced(parts, at, rest);
            var left = at > 0 && FitsWith(changed[at - 1], rest) ? at - 1 : at;
            if (left == at && (at + 1 == parts.Length || !FitsWith(rest, changed[at + 1])))
                return new Inner(changed);
            var joined = Removed(changed, left + 1);
            joined[left] = changed[left].Join(changed[left + 1]);
            return new Inner(joined);
        }

        protected override ObjectTree Join(ObjectTree next) => new Inner([.. parts, .. ((Inner)next).parts]);

        private static bool FitsWith(ObjectTree left, ObjectTree right) => left.Width + right.Width <= MaxWidth / 2;

        /// <summary>The last part that begins before a bound, or the first one.</summary>
        private int PartOf(ObjectKey key, KeyBound bound)
        {
            int low = 1, high = parts.Length;
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (IsBefore(parts[middle].First, key, bound))
                    low = middle + 1;
                else
                    high = middle;
            }
            return low - 1;
        }
    }
}
