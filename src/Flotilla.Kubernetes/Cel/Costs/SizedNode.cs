using Flotilla.Kubernetes.Cel.Syntax;
using Flotilla.Kubernetes.Cel.Values;

namespace Flotilla.Kubernetes.Cel.Costs;

/// <summary>An argument of a call with what is known of its size.</summary>
/// <param name="Expression">The argument.</param>
/// <param name="Place">Where in the schema it comes from.</param>
/// <param name="Computed">Its size when the expression tells; null when it does not.</param>
/// <param name="Root">The root of the schema.</param>
internal sealed record SizedNode(Expr Expression, Place Place, CostRange? Computed, SchemaSize? Root)
{
    /// <summary>The size, at worst unknown.</summary>
    public CostRange Size => Computed ?? Place.Size ?? CostRange.Unknown;

    /// <summary>The type of the elements of a list (or the keys of a map); null for everything else.</summary>
    public CelType? ElementType => Expression.Type.Parameters is [var first, ..] ? first : null;

    /// <summary>The size of the elements of a list; only the schema knows it.</summary>
    public CostRange ElementSize => (Place.IsKnown ? Place.Elements(Root).Size : null) ?? CostRange.Unknown;

    /// <summary>The size of what is written out in the source.</summary>
    public static CostRange? LiteralSize(Expr expression) => expression switch
    {
        LiteralExpr { Value.Kind: CelValueKind.String } text => CostRange.Fixed((ulong)CodePoints.Count(text.Value.String)),
        LiteralExpr { Value.Kind: CelValueKind.Bytes } bytes => CostRange.Fixed((ulong)bytes.Value.Bytes.Length),
        LiteralExpr => CostRange.One,
        ListExpr list => CostRange.Fixed((ulong)list.Elements.Count),
        MapExpr map => CostRange.Fixed((ulong)map.Entries.Count),
        _ => null,
    };

    /// <summary>The value of an integer literal; a negative one counts as zero.</summary>
    public ulong IntegerOr(ulong otherwise) =>
        Expression is LiteralExpr { Value.Kind: CelValueKind.Int } literal ? (ulong)Math.Max(0, literal.Value.Int) : otherwise;
}
