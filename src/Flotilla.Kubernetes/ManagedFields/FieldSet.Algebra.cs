using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.ManagedFields;

public sealed partial class FieldSet
{
    /// <summary>The fields of either set.</summary>
    public FieldSet Union(FieldSet other) => IsEmpty ? other : Join(this, other, Sides.Both, static (a, b) => Joined(a, b));

    /// <summary>The fields of both sets.</summary>
    public FieldSet Intersect(FieldSet other) => Join(this, other, Sides.Neither, static (a, b) =>
        Entry.OrNone(a.Element, a.IsMember && b.IsMember, a.Below is null || b.Below is null ? null : a.Below.Intersect(b.Below)));

    /// <summary>The fields that are not in the other set; members below a field that is in it stay.</summary>
    public FieldSet Except(FieldSet other) => Join(this, other, Sides.Left, static (a, b) =>
        Entry.OrNone(a.Element, a.IsMember && !b.IsMember, a.Below is null || b.Below is null ? a.Below : a.Below.Except(b.Below)));

    /// <summary>The fields that are neither in the other set nor below a field in it.</summary>
    public FieldSet ExceptSubtrees(FieldSet other) => Join(this, other, Sides.Left, static (a, b) => b.IsMember
        ? null
        : Entry.OrNone(a.Element, a.IsMember, a.Below is null || b.Below is null ? a.Below : a.Below.ExceptSubtrees(b.Below)));

    /// <summary>Whether every field of this set is in the other.</summary>
    public bool IsSubsetOf(FieldSet other) => ReferenceEquals(this, other) || Except(other).IsEmpty;

    /// <summary>The members that have no members below them.</summary>
    public FieldSet Leaves()
    {
        var result = new List<Entry>(entries.Length);
        foreach (var entry in entries)
            result.Add(entry.Below is null ? entry : new Entry(entry.Element, false, entry.Below.Leaves()));
        return OfEntries(result);
    }

    /// <summary>
    /// This set and every declared field on the way to a member. Keys of free maps and elements of lists are not added.
    /// </summary>
    /// <param name="schema">Schema of what the paths start from.</param>
    public FieldSet WithNamedFields(Schema schema) => WithNamedFields(FieldType.OfResource(schema));

    internal FieldSet WithNamedFields(FieldType? type)
    {
        var result = new Entry[entries.Length];
        for (var i = 0; i < entries.Length; i++)
        {
            var entry = entries[i];
            if (entry.Below is null)
            {
                result[i] = entry;
                continue;
            }
            FieldType? below = null;
            var named = false;
            if (entry.Element.Kind == PathElementKind.Field)
                below = type?.FieldOrElement(entry.Element.FieldName!, out named);
            else if (entry.Element.Kind == PathElementKind.Key)
                below = type?.Items;
            result[i] = new Entry(entry.Element, entry.IsMember || named, entry.Below.WithNamedFields(below));
        }
        return new FieldSet(result);
    }

    private static FieldSet Join(FieldSet left, FieldSet right, Sides keep, Func<Entry, Entry, Entry?> both)
    {
        if (right.IsEmpty)
            return (keep & Sides.Left) != 0 ? left : Empty;
        var result = new List<Entry>(left.entries.Length);
        var (i, j) = (0, 0);
        while (i < left.entries.Length && j < right.entries.Length)
        {
            var order = left.entries[i].Element.CompareTo(right.entries[j].Element);
            if (order < 0)
                Keep(left.entries[i++], Sides.Left);
            else if (order > 0)
                Keep(right.entries[j++], Sides.Right);
            else if (both(left.entries[i++], right.entries[j++]) is { } entry)
                result.Add(entry);
        }
        while (i < left.entries.Length)
            Keep(left.entries[i++], Sides.Left);
        while (j < right.entries.Length)
            Keep(right.entries[j++], Sides.Right);
        return result.Count == 0 ? Empty : new FieldSet([.. result]);

        void Keep(in Entry entry, Sides side)
        {
            if ((keep & side) != 0)
                result.Add(entry);
        }
    }

    [Flags]
    private enum Sides
    {
        Neither = 0,
        Left = 1,
        Right = 2,
        Both = 3,
    }
}
