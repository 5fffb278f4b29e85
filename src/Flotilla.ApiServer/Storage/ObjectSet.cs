using System.Diagnostics.CodeAnalysis;

namespace Flotilla.ApiServer.Storage;

/// <summary>
/// The objects of a resource at one revision, sorted by key. Immutable: a change gives a new set that shares nearly all
/// with the old one, so a reader keeps a consistent state for as long as it likes, without a lock.
/// </summary>
internal sealed class ObjectSet
{
    private readonly ObjectTree? root;

    private ObjectSet(ObjectTree? root, long revision)
    {
        this.root = root;
        Revision = revision;
    }

    public static ObjectSet Empty { get; } = new(null, 0);

    public int Count => root?.Count ?? 0;

    /// <summary>The newest change that the set contains.</summary>
    public long Revision { get; }

    /// <summary>A set of objects that are already in order of their keys.</summary>
    public static ObjectSet FromSorted(List<StoredObject> objects)
    {
        long revision = 0;
        foreach (var obj in objects)
            revision = Math.Max(revision, obj.Revision);
        return new ObjectSet(ObjectTree.FromSorted(objects), revision);
    }

    public StoredObject? Find(ObjectKey key) => root?.Find(key);

    /// <summary>The set with an object added, or put in place of the one under its key.</summary>
    public ObjectSet With(StoredObject obj, long revision) => new(ObjectTree.With(root, obj), revision);

    /// <summary>The set without the object under a key.</summary>
    public ObjectSet Without(ObjectKey key, long revision) => new(root?.Without(key), revision);

    /// <summary>The objects of a namespace (null or empty: all) whose keys come after one.</summary>
    public Cursor From(string? ns, ObjectKey? after)
    {
        if (root is null)
            return default;
        int start = 0, end = root.Count;
        if (!string.IsNullOrEmpty(ns))
        {
            start = root.CountBefore(new ObjectKey(ns, ""), KeyBound.Key);
            end = root.CountBefore(new ObjectKey(ns, ""), KeyBound.EndOfNamespace);
        }
        if (after is { } key)
            start = Math.Max(start, root.CountBefore(key, KeyBound.BehindKey));
        return new Cursor(root, start, end);
    }

    /// <summary>Walks over a part of a set.</summary>
    internal struct Cursor(ObjectTree root, int position, int end)
    {
        private StoredObject[] leaf = [];
        private int index;

        /// <summary>How many objects are left.</summary>
        public readonly int Remaining => Math.Max(0, end - position);

        public bool TryRead([NotNullWhen(true)] out StoredObject? obj)
        {
            obj = null;
            if (position >= end)
                return false;
            if (index == leaf.Length)
                (leaf, index) = root.LeafAt(position);
            obj = leaf[index++];
            position++;
            return true;
        }
    }
}
