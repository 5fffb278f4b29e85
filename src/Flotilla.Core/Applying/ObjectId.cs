namespace Flotilla.Core.Applying;

/// <summary>
/// An object of a cluster. Two are the same when group, kind, namespace and name are: a release that moves an object to another
/// version of its API still means the same object.
/// </summary>
/// <param name="ApiVersion">As <c>apps/v1</c>.</param>
/// <param name="Kind">As <c>Deployment</c>.</param>
/// <param name="Namespace">Empty for objects without one.</param>
/// <param name="Name">The name.</param>
public readonly record struct ObjectId(string ApiVersion, string Kind, string Namespace, string Name) : IComparable<ObjectId>
{
    /// <summary>API group; empty for the core group.</summary>
    public string Group => ApiVersion.LastIndexOf('/') is >= 0 and var slash ? ApiVersion[..slash] : "";

    private ReadOnlySpan<char> GroupSpan => ApiVersion.AsSpan(0, Math.Max(0, ApiVersion.LastIndexOf('/')));

    public bool IsOf(string group, string kind) => Kind == kind && GroupSpan.SequenceEqual(group);

    public bool Equals(ObjectId other) =>
        Name == other.Name && Kind == other.Kind && Namespace == other.Namespace && GroupSpan.SequenceEqual(other.GroupSpan);

    public override int GetHashCode() => HashCode.Combine(Kind, Namespace, Name);

    /// <summary>By kind, namespace and name.</summary>
    public int CompareTo(ObjectId other)
    {
        var order = string.CompareOrdinal(Kind, other.Kind);
        if (order == 0)
            order = GroupSpan.SequenceCompareTo(other.GroupSpan);
        if (order == 0)
            order = string.CompareOrdinal(Namespace, other.Namespace);
        return order == 0 ? string.CompareOrdinal(Name, other.Name) : order;
    }

    /// <summary>As journals name it: <c>apps/v1/Deployment/projectcontour/contour</c>.</summary>
    public override string ToString() => Namespace.Length == 0 ? $"{ApiVersion}/{Kind}/{Name}" : $"{ApiVersion}/{Kind}/{Namespace}/{Name}";
}
