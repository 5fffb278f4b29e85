namespace Flotilla.ApiServer.Storage;

/// <summary>
/// The objects of a resource at one revision, sorted by key. Immutable: a change gives a new set that shares nearly all
/// with the old one, so a reader keeps a consistent state for as long as it likes, without a lock.
/// </summary>
/// <remarks>
/// Two levels of arrays instead of a tree: reading is a walk over arrays, a small set is one array of exactly its size,
/// and a change copies one chunk and the list of chunks (for 100,000 objects some 7 KB).
/// </remarks>
internal sealed class ObjectSet
{
    private const int MaxChunk = 128;

    private readonly StoredObject[][] chunks;

    private ObjectSet(StoredObject[][] chunks, int count, long revision)
    {
        this.chunks = chunks;
        Count = count;
        Revision = revision;
    }

    public static ObjectSet Empty { get; } = new([], 0, 0);

    public int Count { get; }

    /// <summary>The newest change that the set contains.</summary>
    public long Revision { get; }

    /// <summary>A set of objects that are already in order of their keys.</summary>
    public static ObjectSet FromSorted(IReadOnlyList<StoredObject> objects)
    {
        var chunks = new StoredObject[(objects.Count + MaxChunk - 1) / MaxChunk][];
        long revision = 0;
        for (var c = 0; c < chunks.Length; c++)
        {
            var start = c * MaxChunk;
            var chunk = chunks[c] = new StoredObject[Math.Min(MaxChunk, objects.Count - start)];
            for (var i = 0; i < chunk.Length; i++)
            {
                chunk[i] = objects[start + i];
                revision = Math.Max(revision, chunk[i].Revision);
            }
        }
        return new ObjectSet(chunks, objects.Count, revision);
    }

    public StoredObject? Find(ObjectKey key)
    {
        var (c, i, found) = Search(key);
        return found ? chunks[c][i] : null;
    }

    /// <summary>The set with an object added, or put in place of the one under its key.</summary>
    public ObjectSet With(StoredObject obj, long revision)
    {
        var (c, i, found) = Search(obj.Key);
        if (found)
        {
            var changed = (StoredObject[])chunks[c].Clone();
            changed[i] = obj;
            return new ObjectSet(WithChunk(c, changed), Count, revision);
        }
        if (chunks.Length == 0)
            return new ObjectSet([[obj]], 1, revision);
        if (c == chunks.Length)
        {
            c--;
            i = chunks[c].Length;
        }
        var old = chunks[c];
        if (old.Length < MaxChunk)
            return new ObjectSet(WithChunk(c, Inserted(old, i, obj)), Count + 1, revision);

        // Objects often arrive in order: then full chunks stay full instead of being left half empty.
        var half = i == MaxChunk ? MaxChunk : MaxChunk / 2;
        StoredObject[] left = old[..half], right = old[half..];
        if (i < half || i == half && half < MaxChunk)
            left = Inserted(left, i, obj);
        else
            right = Inserted(right, i - half, obj);
        var result = new StoredObject[chunks.Length + 1][];
        chunks.AsSpan(0, c).CopyTo(result);
        result[c] = left;
        result[c + 1] = right;
        chunks.AsSpan(c + 1).CopyTo(result.AsSpan(c + 2));
        return new ObjectSet(result, Count + 1, revision);
    }

    /// <summary>The set without the object under a key.</summary>
    public ObjectSet Without(ObjectKey key, long revision)
    {
        var (c, i, found) = Search(key);
        if (!found)
            return new ObjectSet(chunks, Count, revision);
        var old = chunks[c];
        if (old.Length == 1)
            return new ObjectSet(WithoutChunk(chunks, c), Count - 1, revision);
        var shrunk = new StoredObject[old.Length - 1];
        old.AsSpan(0, i).CopyTo(shrunk);
        old.AsSpan(i + 1).CopyTo(shrunk.AsSpan(i));
        if (c + 1 < chunks.Length && shrunk.Length + chunks[c + 1].Length <= MaxChunk / 2)
        {
            var merged = WithoutChunk(chunks, c + 1);
            merged[c] = [.. shrunk, .. chunks[c + 1]];
            return new ObjectSet(merged, Count - 1, revision);
        }
        return new ObjectSet(WithChunk(c, shrunk), Count - 1, revision);
    }

    /// <summary>The objects of a namespace (null or empty: all) whose keys come after one.</summary>
    public Cursor From(string? ns, ObjectKey? after)
    {
        var all = string.IsNullOrEmpty(ns);
        var start = all ? (0, 0) : At(new ObjectKey(ns!, ""));
        if (after is { } key)
            start = Later(start, Next(Search(key)));
        return new Cursor(this, start, all ? (chunks.Length, 0) : EndOf(ns!));
    }

    /// <summary>The first place whose key lies behind all keys of a namespace.</summary>
    private (int Chunk, int Index) EndOf(string ns)
    {
        int low = 0, high = chunks.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (ObjectKey.CompareNamespaces(chunks[middle][^1].Key.Namespace, ns) <= 0)
                low = middle + 1;
            else
                high = middle;
        }
        if (low == chunks.Length)
            return (low, 0);
        var chunk = chunks[low];
        int first = 0, last = chunk.Length;
        while (first < last)
        {
            var middle = (first + last) / 2;
            if (ObjectKey.CompareNamespaces(chunk[middle].Key.Namespace, ns) <= 0)
                first = middle + 1;
            else
                last = middle;
        }
        return (low, first);
    }

    private static (int Chunk, int Index) Later((int Chunk, int Index) a, (int Chunk, int Index) b) => a.CompareTo(b) >= 0 ? a : b;

    private (int Chunk, int Index) At(ObjectKey key)
    {
        var (c, i, _) = Search(key);
        return (c, i);
    }

    private (int Chunk, int Index) Next((int Chunk, int Index, bool Found) place)
    {
        if (!place.Found)
            return (place.Chunk, place.Index);
        return place.Index + 1 < chunks[place.Chunk].Length ? (place.Chunk, place.Index + 1) : (place.Chunk + 1, 0);
    }

    private (int Chunk, int Index, bool Found) Search(ObjectKey key)
    {
        int low = 0, high = chunks.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (chunks[middle][^1].Key.CompareTo(key) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        if (low == chunks.Length)
            return (low, 0, false);
        var index = ChunkSearch(chunks[low], key);
        return index < 0 ? (low, ~index, false) : (low, index, true);
    }

    private static int ChunkSearch(StoredObject[] chunk, ObjectKey key)
    {
        int low = 0, high = chunk.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = chunk[middle].Key.CompareTo(key);
            if (order == 0)
                return middle;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return ~low;
    }

    private StoredObject[][] WithChunk(int at, StoredObject[] chunk)
    {
        var result = (StoredObject[][])chunks.Clone();
        result[at] = chunk;
        return result;
    }

    private static StoredObject[][] WithoutChunk(StoredObject[][] chunks, int at)
    {
        var result = new StoredObject[chunks.Length - 1][];
        chunks.AsSpan(0, at).CopyTo(result);
        chunks.AsSpan(at + 1).CopyTo(result.AsSpan(at));
        return result;
    }

    private static StoredObject[] Inserted(StoredObject[] chunk, int at, StoredObject obj)
    {
        var result = new StoredObject[chunk.Length + 1];
        chunk.AsSpan(0, at).CopyTo(result);
        result[at] = obj;
        chunk.AsSpan(at).CopyTo(result.AsSpan(at + 1));
        return result;
    }

    /// <summary>Walks over a part of a set.</summary>
    internal struct Cursor(ObjectSet set, (int Chunk, int Index) position, (int Chunk, int Index) end)
    {
        /// <summary>How many objects are left.</summary>
        public readonly int Remaining
        {
            get
            {
                if (position.Chunk > end.Chunk)
                    return 0;
                var count = end.Index - position.Index;
                for (var c = position.Chunk; c < end.Chunk; c++)
                    count += set.chunks[c].Length;
                return Math.Max(0, count);
            }
        }

        public bool TryRead([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out StoredObject? obj)
        {
            obj = null;
            if (position.Chunk > end.Chunk || position.Chunk == end.Chunk && position.Index >= end.Index)
                return false;
            var chunk = set.chunks[position.Chunk];
            obj = chunk[position.Index];
            position = position.Index + 1 < chunk.Length ? (position.Chunk, position.Index + 1) : (position.Chunk + 1, 0);
            return true;
        }
    }
}
