namespace Flotilla.ApiServer.Storage;

/// <summary>Where an object lies within its resource. Namespace is empty for what lies outside namespaces.</summary>
/// <remarks>
/// Sorted as etcd sorts the text <c>NAMESPACE/NAME</c>: <c>a-b/x</c> comes before <c>a/x</c>, because <c>-</c> comes before
/// <c>/</c>. All keys of one namespace are neighbours.
/// </remarks>
internal readonly record struct ObjectKey(string Namespace, string Name) : IComparable<ObjectKey>
{
    public int CompareTo(ObjectKey other)
    {
        var order = CompareNamespaces(Namespace, other.Namespace);
        return order != 0 ? order : string.CompareOrdinal(Name, other.Name);
    }

    /// <summary>The order of the namespaces of two keys, names left out.</summary>
    internal static int CompareNamespaces(string left, string right)
    {
        if (ReferenceEquals(left, right))
            return 0;
        var common = Math.Min(left.Length, right.Length);
        var order = string.CompareOrdinal(left, 0, right, 0, common);
        if (order != 0 || left.Length == right.Length)
            return order;
        return left.Length < right.Length ? '/' - right[common] : left[common] - '/';
    }

    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
