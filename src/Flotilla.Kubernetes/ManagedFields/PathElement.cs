using System.Globalization;
using System.Text;

namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>How a path element chooses a child.</summary>
public enum PathElementKind
{
    /// <summary>By name, in an object: <c>f:spec</c>.</summary>
    Field,

    /// <summary>By key fields, in a list of type map: <c>k:{"name":"app"}</c>.</summary>
    Key,

    /// <summary>By value, in a list of type set: <c>v:"example.com/one"</c>.</summary>
    Value,

    /// <summary>By position: <c>i:0</c>.</summary>
    Index,
}

/// <summary>One field of a list-map key.</summary>
public readonly record struct KeyField(string Name, FieldScalar Value);

/// <summary>
/// One step of a <see cref="FieldPath"/>, immutable. Elements have a total order (that of <c>fieldsV1</c>): fields, keys,
/// values, positions.
/// </summary>
public sealed class PathElement : IEquatable<PathElement>, IComparable<PathElement>
{
    private static readonly KeyField[] NoKeys = [];
    private readonly FieldScalar scalar;
    private readonly KeyField[] keys;
    private string? serialized;

    private PathElement(PathElementKind kind, FieldScalar scalar, KeyField[] keys)
    {
        Kind = kind;
        this.scalar = scalar;
        this.keys = keys;
    }

    /// <summary>How this chooses.</summary>
    public PathElementKind Kind { get; }

    /// <summary>The name of a field; null for other kinds.</summary>
    public string? FieldName => Kind == PathElementKind.Field ? scalar.Text : null;

    /// <summary>The fields of a key, sorted by name; empty for other kinds.</summary>
    public IReadOnlyList<KeyField> KeyFields => keys;

    /// <summary>The value of a set's element, or the position; null for other kinds.</summary>
    public FieldScalar? Scalar => Kind is PathElementKind.Value or PathElementKind.Index ? scalar : null;

    /// <summary>Chooses a field of an object.</summary>
    public static PathElement Field(string name) => new(PathElementKind.Field, FieldScalar.From(name), NoKeys);

    /// <summary>Chooses an element of a list-map.</summary>
    public static PathElement Key(params ReadOnlySpan<KeyField> fields)
    {
        KeyField[] sorted = [.. fields];
        Array.Sort(sorted, static (a, b) => Utf8Order.Compare(a.Name, b.Name));
        return OfSortedKey(sorted);
    }

    /// <summary>Chooses an element of a set.</summary>
    public static PathElement Value(FieldScalar value) => new(PathElementKind.Value, value, NoKeys);

    /// <summary>Chooses an element by position.</summary>
    public static PathElement Index(int index) => new(PathElementKind.Index, FieldScalar.From((long)index), NoKeys);

    internal static PathElement OfSortedKey(KeyField[] sorted) => new(PathElementKind.Key, FieldScalar.Null, sorted);

    /// <summary>The text in <c>fieldsV1</c>: <c>f:name</c>, <c>k:{…}</c>, <c>v:…</c> or <c>i:0</c>.</summary>
    public string Serialized => serialized ??= Serialize();

    /// <summary>As it stands in a message: <c>.spec</c>, <c>[name="app"]</c>, <c>[="x"]</c>, <c>[0]</c>.</summary>
    public override string ToString() => Kind switch
    {
        PathElementKind.Field => "." + scalar.Text,
        PathElementKind.Key => $"[{string.Join(',', keys.Select(k => $"{k.Name}={k.Value}"))}]",
        PathElementKind.Value => $"[={scalar}]",
        _ => $"[{scalar}]",
    };

    /// <inheritdoc/>
    public int CompareTo(PathElement? other)
    {
        if (ReferenceEquals(this, other))
            return 0;
        if (other is null)
            return 1;
        if (Kind != other.Kind)
            return Kind.CompareTo(other.Kind);
        return Kind == PathElementKind.Key ? CompareKeys(keys, other.keys) : scalar.CompareTo(other.scalar);
    }

    /// <inheritdoc/>
    public bool Equals(PathElement? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Kind == other.Kind && (Kind == PathElementKind.Key ? CompareKeys(keys, other.keys) == 0 : scalar.Equals(other.scalar)));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PathElement);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        if (Kind != PathElementKind.Key)
            return HashCode.Combine(Kind, scalar);
        var hash = new HashCode();
        foreach (var key in keys)
            hash.Add(key.Value);
        return hash.ToHashCode();
    }

    private string Serialize()
    {
        if (Kind == PathElementKind.Field)
            return "f:" + scalar.Text;
        if (Kind == PathElementKind.Value)
            return "v:" + scalar.ToJson();
        if (Kind == PathElementKind.Index)
            return "i:" + scalar.ToString();
        var text = new StringBuilder("k:{", 32);
        for (var i = 0; i < keys.Length; i++)
        {
            if (i > 0)
                text.Append(',');
            GoText.AppendJsonString(text, keys[i].Name);
            text.Append(CultureInfo.InvariantCulture, $":{keys[i].Value.ToJson()}");
        }
        return text.Append('}').ToString();
    }

    private static int CompareKeys(KeyField[] left, KeyField[] right)
    {
        for (var i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            var order = Utf8Order.Compare(left[i].Name, right[i].Name);
            if (order == 0)
                order = left[i].Value.CompareTo(right[i].Value);
            if (order != 0)
                return order;
        }
        return left.Length.CompareTo(right.Length);
    }
}
