using System.Collections.Immutable;
using Flotilla.Kubernetes.Cel.Values;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.Cel;

/// <summary>
/// A type of the Common Expression Language: what a variable may hold and what an expression yields. Types are compared
/// by value; object types by name.
/// </summary>
/// <remarks>Source: cel-spec, <c>doc/langdef.md</c>, "Values" and "Type Checking".</remarks>
public abstract record CelType
{
    private protected CelType(CelTypeKind kind) => Kind = kind;

    /// <summary>Any value; checked while the expression runs.</summary>
    public static CelType Dyn { get; } = new SimpleType(CelTypeKind.Dyn, "dyn");

    /// <summary>The null value.</summary>
    public static CelType Null { get; } = new SimpleType(CelTypeKind.Null, "null_type");

    /// <summary>true or false.</summary>
    public static CelType Bool { get; } = new SimpleType(CelTypeKind.Bool, "bool");

    /// <summary>64 bit signed integer.</summary>
    public static CelType Int { get; } = new SimpleType(CelTypeKind.Int, "int");

    /// <summary>64 bit unsigned integer.</summary>
    public static CelType Uint { get; } = new SimpleType(CelTypeKind.Uint, "uint");

    /// <summary>64 bit IEEE 754 number.</summary>
    public static CelType Double { get; } = new SimpleType(CelTypeKind.Double, "double");

    /// <summary>Sequence of Unicode code points.</summary>
    public static CelType String { get; } = new SimpleType(CelTypeKind.String, "string");

    /// <summary>Sequence of bytes.</summary>
    public static CelType Bytes { get; } = new SimpleType(CelTypeKind.Bytes, "bytes");

    /// <summary>Point in time with nanoseconds.</summary>
    public static CelType Timestamp { get; } = new SimpleType(CelTypeKind.Timestamp, "google.protobuf.Timestamp");

    /// <summary>Span of time in nanoseconds.</summary>
    public static CelType Duration { get; } = new SimpleType(CelTypeKind.Duration, "google.protobuf.Duration");

    internal static CelType Error { get; } = new SimpleType(CelTypeKind.Error, "!error!");

    internal static CelType AnyType { get; } = new TypeType(null);

    /// <summary>The family of types that this one belongs to.</summary>
    public CelTypeKind Kind { get; }

    /// <summary>Name of the type at run time, without parameters, as <c>list</c> or <c>google.protobuf.Timestamp</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Element, key and value types; empty for most types.</summary>
    public virtual ImmutableArray<CelType> Parameters => [];

    /// <summary>A list of elements of one type.</summary>
    public static CelType List(CelType element) => new ListType(element);

    /// <summary>A map from keys of one type to values of one type.</summary>
    public static CelType Map(CelType key, CelType value) => new MapType(key, value);

    /// <summary>A value that may be absent.</summary>
    public static CelType Optional(CelType value) => new OpaqueType("optional_type", [value]);

    /// <summary>
    /// An object with known fields. Selecting another field does not compile.
    /// </summary>
    /// <param name="name">Name, which distinguishes the type from others.</param>
    /// <param name="fields">Types of the fields under their names in expressions.</param>
    public static CelType Object(string name, IReadOnlyDictionary<string, CelType> fields) =>
        new ObjectType(name, field => fields.GetValueOrDefault(field));

    /// <summary>
    /// The type of the values of a schema as rules see it, or null when they cannot see them: values without a type, and
    /// lists and maps of such values.
    /// </summary>
    /// <param name="schema">The schema.</param>
    /// <param name="name">Names the object types inside, so that they differ from those of other schemas.</param>
    /// <param name="isResource">Whether it is the schema of a whole resource, which has <c>apiVersion</c>, <c>kind</c> and <c>metadata</c>.</param>
    public static CelType? FromSchema(Schema schema, string name, bool isResource = false) => SchemaCelTypes.Of(schema, isResource, name);

    internal static CelType TypeOf(CelType type) => new TypeType(type);

    internal static CelType Opaque(string name, params ImmutableArray<CelType> parameters) => new OpaqueType(name, parameters);

    /// <summary>The type as messages show it, as <c>map(string, int)</c>.</summary>
    public sealed override string ToString() => Kind switch
    {
        CelTypeKind.Null => "null",
        CelTypeKind.Timestamp => "timestamp",
        CelTypeKind.Duration => "duration",
        _ when Parameters.IsEmpty => Name,
        _ => $"{Name}({string.Join(", ", Parameters)})",
    };

    internal bool IsDynamic => Kind is CelTypeKind.Dyn or CelTypeKind.Error;

    internal bool IsOptional => this is OpaqueType { Name: "optional_type" };
}

/// <summary>Families of types.</summary>
public enum CelTypeKind
{
    /// <summary>Any value.</summary>
    Dyn,

    /// <summary>Null.</summary>
    Null,

    /// <summary>Boolean.</summary>
    Bool,

    /// <summary>Signed integer.</summary>
    Int,

    /// <summary>Unsigned integer.</summary>
    Uint,

    /// <summary>Floating point number.</summary>
    Double,

    /// <summary>Text.</summary>
    String,

    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>Point in time.</summary>
    Timestamp,

    /// <summary>Span of time.</summary>
    Duration,

    /// <summary>List.</summary>
    List,

    /// <summary>Map.</summary>
    Map,

    /// <summary>Object with declared fields.</summary>
    Object,

    /// <summary>A type as a value.</summary>
    Type,

    /// <summary>A type of a library, known by its name and parameters only.</summary>
    Opaque,

    /// <summary>A parameter of a generic function.</summary>
    Parameter,

    /// <summary>The type of an expression that does not type-check.</summary>
    Error,
}

internal sealed record SimpleType(CelTypeKind SimpleKind, string SimpleName) : CelType(SimpleKind)
{
    public override string Name => SimpleName;
}

internal sealed record ListType(CelType Element) : CelType(CelTypeKind.List)
{
    public override string Name => "list";

    public override ImmutableArray<CelType> Parameters => [Element];
}

internal sealed record MapType(CelType Key, CelType Value) : CelType(CelTypeKind.Map)
{
    public override string Name => "map";

    public override ImmutableArray<CelType> Parameters => [Key, Value];
}

internal sealed record TypeType(CelType? Of) : CelType(CelTypeKind.Type)
{
    public override string Name => "type";

    public override ImmutableArray<CelType> Parameters => Of is null ? [] : [Of];
}

internal sealed record ParameterType(string ParameterName) : CelType(CelTypeKind.Parameter)
{
    public override string Name => ParameterName;
}

internal sealed record OpaqueType : CelType
{
    public OpaqueType(string name, ImmutableArray<CelType> parameters)
        : base(CelTypeKind.Opaque)
    {
        Name = name;
        Parameters = parameters;
    }

    public override string Name { get; }

    public override ImmutableArray<CelType> Parameters { get; }

    public bool Equals(OpaqueType? other) => other is not null && Name == other.Name && Parameters.SequenceEqual(other.Parameters);

    public override int GetHashCode() => HashCode.Combine(Name, Parameters.Length);
}

/// <param name="ObjectName">The identity of the type.</param>
/// <param name="Field">Type of a field, null when there is none; itself null for types whose inside expressions cannot see.</param>
internal sealed record ObjectType(string ObjectName, Func<string, CelType?>? Field) : CelType(CelTypeKind.Object)
{
    public override string Name => ObjectName;

    public bool Equals(ObjectType? other) => other is not null && ObjectName == other.ObjectName;

    public override int GetHashCode() => ObjectName.GetHashCode(StringComparison.Ordinal);
}
