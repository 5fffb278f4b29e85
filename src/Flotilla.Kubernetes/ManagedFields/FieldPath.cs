using System.Collections;

namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>A path to a field, immutable; shown as <c>.spec.containers[name="app"].image</c>.</summary>
public sealed class FieldPath : IReadOnlyList<PathElement>, IEquatable<FieldPath>
{
    private readonly PathElement[] elements;

    /// <summary>A path of these elements.</summary>
    public FieldPath(params IEnumerable<PathElement> elements) => this.elements = [.. elements];

    /// <summary>The whole object.</summary>
    public static FieldPath Root { get; } = new([]);

    /// <inheritdoc/>
    public int Count => elements.Length;

    /// <inheritdoc/>
    public PathElement this[int index] => elements[index];

    /// <summary>A path of field names.</summary>
    public static FieldPath Of(params ReadOnlySpan<string> names)
    {
        var elements = new PathElement[names.Length];
        for (var i = 0; i < names.Length; i++)
            elements[i] = PathElement.Field(names[i]);
        return new FieldPath(elements);
    }

    /// <summary>This path and one step more.</summary>
    public FieldPath Then(PathElement element) => new([.. elements, element]);

    /// <inheritdoc/>
    public override string ToString() => string.Concat<PathElement>(elements);

    /// <inheritdoc/>
    public bool Equals(FieldPath? other) => other is not null && elements.AsSpan().SequenceEqual(other.elements);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FieldPath);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var element in elements)
            hash.Add(element);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public IEnumerator<PathElement> GetEnumerator() => ((IEnumerable<PathElement>)elements).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => elements.GetEnumerator();
}
