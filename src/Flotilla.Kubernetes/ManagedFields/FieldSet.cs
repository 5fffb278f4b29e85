namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>
/// A set of fields, immutable: a trie of path elements in which a node can be a member itself, have members below, or both.
/// A member does not imply what is below it. Equal sets have equal tries.
/// </summary>
public sealed partial class FieldSet : IEquatable<FieldSet>
{
    private readonly Entry[] entries;
    private int count = -1;

    private FieldSet(Entry[] entries) => this.entries = entries;

    /// <summary>No fields.</summary>
    public static FieldSet Empty { get; } = new([]);

    /// <summary>Whether there are no fields.</summary>
    public bool IsEmpty => entries.Length == 0;

    /// <summary>How many fields are members.</summary>
    public int Count
    {
        get
        {
            if (count >= 0)
                return count;
            var sum = 0;
            foreach (var entry in entries)
                sum += (entry.IsMember ? 1 : 0) + (entry.Below?.Count ?? 0);
            return count = sum;
        }
    }

    internal ReadOnlySpan<Entry> Entries => entries;

    /// <summary>A set of these paths; the root path is not a field and is ignored.</summary>
    public static FieldSet Of(params IEnumerable<FieldPath> paths)
    {
        var result = Empty;
        foreach (var path in paths)
            result = result.Union(OfOne(path, 0));
        return result;
    }

    /// <summary>Makes a set of entries in any order; entries of one element are joined.</summary>
    internal static FieldSet OfEntries(List<Entry>? list)
    {
        if (list is null || list.Count == 0)
            return Empty;
        var sorted = true;
        for (var i = 1; i < list.Count && sorted; i++)
            sorted = list[i - 1].Element.CompareTo(list[i].Element) < 0;
        if (sorted)
            return new FieldSet([.. list]);
        list.Sort(static (a, b) => a.Element.CompareTo(b.Element));
        var joined = new List<Entry>(list.Count);
        foreach (var entry in list)
        {
            if (joined.Count > 0 && joined[^1].Element.Equals(entry.Element))
                joined[^1] = Joined(joined[^1], entry);
            else
                joined.Add(entry);
        }
        return new FieldSet([.. joined]);
    }

    /// <summary>Whether a field is a member.</summary>
    public bool Contains(FieldPath path)
    {
        var set = this;
        for (var i = 0; i < path.Count; i++)
        {
            if (!set.TryFind(path[i], out var entry))
                return false;
            if (i == path.Count - 1)
                return entry.IsMember;
            if (entry.Below is null)
                return false;
            set = entry.Below;
        }
        return false;
    }

    /// <summary>What lies below an element, without the element itself.</summary>
    public FieldSet Below(PathElement element) => TryFind(element, out var entry) ? entry.Below ?? Empty : Empty;

    /// <summary>All members: those of a level before those below it, each level in the order of its elements.</summary>
    public IEnumerable<FieldPath> Paths() => Paths(FieldPath.Root);

    /// <summary>The members, one a line.</summary>
    public override string ToString() => string.Join('\n', Paths());

    /// <inheritdoc/>
    public bool Equals(FieldSet? other)
    {
        if (ReferenceEquals(this, other))
            return true;
        if (other is null || entries.Length != other.entries.Length)
            return false;
        for (var i = 0; i < entries.Length; i++)
        {
            var (a, b) = (entries[i], other.entries[i]);
            if (a.IsMember != b.IsMember || a.Below is null != b.Below is null || !a.Element.Equals(b.Element) || !Equals(a.Below, b.Below))
                return false;
        }
        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FieldSet);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var entry in entries)
        {
            hash.Add(entry.Element);
            hash.Add(entry.Below);
        }
        return hash.ToHashCode();
    }

    internal bool TryFind(PathElement element, out Entry entry)
    {
        var (low, high) = (0, entries.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = entries[middle].Element.CompareTo(element);
            if (order == 0)
            {
                entry = entries[middle];
                return true;
            }
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }
        entry = default;
        return false;
    }

    internal FieldSet With(int index, Entry entry)
    {
        Entry[] copy = [.. entries];
        copy[index] = entry;
        return new FieldSet(copy);
    }

    private static FieldSet OfOne(FieldPath path, int index) =>
        index >= path.Count ? Empty
        : index == path.Count - 1 ? new FieldSet([new Entry(path[index], true, null)])
        : new FieldSet([new Entry(path[index], false, OfOne(path, index + 1))]);

    private static Entry Joined(in Entry a, in Entry b) =>
        new(a.Element, a.IsMember || b.IsMember, a.Below is null ? b.Below : b.Below is null ? a.Below : a.Below.Union(b.Below));

    private IEnumerable<FieldPath> Paths(FieldPath prefix)
    {
        foreach (var entry in entries)
        {
            if (entry.IsMember)
                yield return prefix.Then(entry.Element);
        }
        foreach (var entry in entries)
        {
            if (entry.Below is null)
                continue;
            foreach (var path in entry.Below.Paths(prefix.Then(entry.Element)))
                yield return path;
        }
    }

    /// <summary>One node of the trie; <paramref name="Below"/> is null rather than empty, and an entry without both does not exist.</summary>
    internal readonly record struct Entry(PathElement Element, bool IsMember, FieldSet? Below)
    {
        /// <summary>An entry, or none when it would say nothing.</summary>
        public static Entry? OrNone(PathElement element, bool isMember, FieldSet? below)
        {
            if (below is { IsEmpty: true })
                below = null;
            return isMember || below is not null ? new Entry(element, isMember, below) : null;
        }
    }
}
