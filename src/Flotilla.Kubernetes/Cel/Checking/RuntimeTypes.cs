namespace Flotilla.Kubernetes.Cel.Checking;

/// <summary>Types of values while an expression runs.</summary>
internal static class RuntimeTypes
{
    private static readonly CelType ListOfAny = CelType.List(CelType.Dyn);
    private static readonly CelType MapOfAny = CelType.Map(CelType.Dyn, CelType.Dyn);
    private static readonly CelType OptionalOfAny = CelType.Optional(CelType.Dyn);

    public static CelType OfLiteral(CelValue value) => Of(value);

    /// <summary>The type that <c>type(x)</c> yields.</summary>
    public static CelType Of(CelValue value) => value.Kind switch
    {
        CelValueKind.Null => CelType.Null,
        CelValueKind.Bool => CelType.Bool,
        CelValueKind.Int => CelType.Int,
        CelValueKind.Uint => CelType.Uint,
        CelValueKind.Double => CelType.Double,
        CelValueKind.String => CelType.String,
        CelValueKind.Bytes => CelType.Bytes,
        CelValueKind.Timestamp => CelType.Timestamp,
        CelValueKind.Duration => CelType.Duration,
        CelValueKind.List => ListOfAny,
        CelValueKind.Map => MapOfAny,
        CelValueKind.Type => CelType.AnyType,
        CelValueKind.Optional => OptionalOfAny,
        CelValueKind.Opaque => value.Opaque.Type,
        _ => CelType.Dyn,
    };

    /// <summary>Whether a value can be an argument of a parameter's family of types.</summary>
    public static bool Fits(CelValue value, CelTypeKind kind, CelType type) => kind switch
    {
        CelTypeKind.Dyn or CelTypeKind.Parameter => true,
        CelTypeKind.Null => value.Kind == CelValueKind.Null,
        CelTypeKind.Bool => value.Kind == CelValueKind.Bool,
        CelTypeKind.Int => value.Kind == CelValueKind.Int,
        CelTypeKind.Uint => value.Kind == CelValueKind.Uint,
        CelTypeKind.Double => value.Kind == CelValueKind.Double,
        CelTypeKind.String => value.Kind == CelValueKind.String,
        CelTypeKind.Bytes => value.Kind == CelValueKind.Bytes,
        CelTypeKind.Timestamp => value.Kind == CelValueKind.Timestamp,
        CelTypeKind.Duration => value.Kind == CelValueKind.Duration,
        CelTypeKind.List => value.Kind == CelValueKind.List,
        CelTypeKind.Map => value.Kind == CelValueKind.Map,
        CelTypeKind.Type => value.Kind == CelValueKind.Type,
        CelTypeKind.Opaque or CelTypeKind.Object =>
            type.IsOptional ? value.Kind == CelValueKind.Optional : value.Kind == CelValueKind.Opaque && value.Opaque.Type.Name == type.Name,
        _ => false,
    };
}
