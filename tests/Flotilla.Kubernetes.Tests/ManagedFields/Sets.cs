using CsCheck;
using Flotilla.Kubernetes.ManagedFields;

namespace Flotilla.Kubernetes.Tests.ManagedFields;

/// <summary>Generators of small sets that often overlap.</summary>
internal static class Sets
{
    private static readonly Gen<PathElement> Element = Gen.OneOf(
        Gen.Int[0, 3].Select(i => PathElement.Field("abc\U0001F600"[..(i + 1)])),
        Gen.Int[0, 1].Select(i => PathElement.Key(new KeyField("name", FieldScalar.From($"n{i}")), new KeyField("port", FieldScalar.From((long)i)))),
        Gen.Int[0, 2].Select(i => PathElement.Value(i == 2 ? FieldScalar.From(1.5) : FieldScalar.From((long)i))),
        Gen.Int[0, 1].Select(PathElement.Index));

    public static Gen<FieldPath> Path { get; } = Element.Array[1, 3].Select(elements => new FieldPath(elements));

    public static Gen<FieldSet> Any { get; } = Path.Array[0, 8].Select(paths => FieldSet.Of(paths));
}
