using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Cel.Values;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.Cel;

/// <summary>
/// A value of an expression. A structure, so that numbers and booleans cost no memory; lists and maps read the JSON they
/// were made from when they are asked.
/// </summary>
public readonly struct CelValue
{
    private readonly long bits;
    private readonly object? reference;
    private readonly int nanos;

    private CelValue(CelValueKind kind, long bits, object? reference = null, int nanos = 0)
    {
        Kind = kind;
        this.bits = bits;
        this.reference = reference;
        this.nanos = nanos;
    }

    /// <summary>What this is.</summary>
    public CelValueKind Kind { get; }

    /// <summary>The null value.</summary>
    public static CelValue Null => new(CelValueKind.Null, 0);

    /// <summary>The boolean true.</summary>
    public static CelValue True => new(CelValueKind.Bool, 1);

    /// <summary>The boolean false.</summary>
    public static CelValue False => new(CelValueKind.Bool, 0);

    /// <summary>Whether this is the boolean true.</summary>
    public bool IsTrue => Kind == CelValueKind.Bool && bits != 0;

    internal bool IsFalse => Kind == CelValueKind.Bool && bits == 0;

    internal bool IsError => Kind == CelValueKind.Error;

    internal bool IsNumber => Kind is CelValueKind.Int or CelValueKind.Uint or CelValueKind.Double;

    internal long Int => bits;

    internal ulong Uint => (ulong)bits;

    internal double Double => BitConverter.Int64BitsToDouble(bits);

    internal string String => Unsafe.As<string>(reference!);

    internal byte[] Bytes => Unsafe.As<byte[]>(reference!);

    internal Timestamp Timestamp => new(bits, nanos);

    internal long DurationNanos => bits;

    internal CelList List => Unsafe.As<CelList>(reference!);

    internal CelMap Map => Unsafe.As<CelMap>(reference!);

    internal CelType Type => Unsafe.As<CelType>(reference!);

    internal CelOptional Optional => Unsafe.As<CelOptional>(reference!);

    internal CelOpaque Opaque => Unsafe.As<CelOpaque>(reference!);

    internal JsonNode? Unknown => Unsafe.As<JsonNode>(reference);

    internal string ErrorMessage => reference as string ?? "no such overload";

    /// <summary>A boolean.</summary>
    public static CelValue Of(bool value) => value ? True : False;

    /// <summary>A signed integer.</summary>
    public static CelValue Of(long value) => new(CelValueKind.Int, value);

    /// <summary>An unsigned integer.</summary>
    public static CelValue Of(ulong value) => new(CelValueKind.Uint, (long)value);

    /// <summary>A floating point number.</summary>
    public static CelValue Of(double value) => new(CelValueKind.Double, BitConverter.DoubleToInt64Bits(value));

    /// <summary>A text.</summary>
    public static CelValue Of(string value) => new(CelValueKind.String, 0, value);

    /// <summary>Bytes; not copied.</summary>
    public static CelValue Of(byte[] value) => new(CelValueKind.Bytes, 0, value);

    /// <summary>A point in time.</summary>
    public static CelValue Of(DateTimeOffset value) => Of(Timestamp.From(value));

    /// <summary>A list.</summary>
    public static CelValue Of(IReadOnlyList<CelValue> elements) => Of(new ArrayList([.. elements]));

    /// <summary>An optional with a value.</summary>
    public static CelValue OptionalOf(CelValue value) => new(CelValueKind.Optional, 0, new CelOptional(value));

    /// <summary>The optional without a value.</summary>
    public static CelValue OptionalNone => new(CelValueKind.Optional, 0, CelOptional.None);

    /// <summary>
    /// JSON as an expression sees it when its schema is not known: whole numbers are integers, other numbers are doubles,
    /// objects are maps. The node is read when needed; it must not change while the value is in use.
    /// </summary>
    public static CelValue FromJson(JsonNode? node) => JsonValues.Read(node);

    /// <summary>
    /// JSON as an expression sees it under its schema: <c>date-time</c> strings are timestamps, sets and keyed lists
    /// compare without order, unescapable properties are hidden. Data that does not fit the schema is an error when it
    /// is touched. The node is read when needed; it must not change while the value is in use.
    /// </summary>
    /// <param name="node">The data.</param>
    /// <param name="schema">Its schema.</param>
    /// <param name="isResource">Whether this is the root of a resource, which has <c>apiVersion</c>, <c>kind</c> and <c>metadata</c>.</param>
    public static CelValue FromJson(JsonNode? node, Schema schema, bool isResource = false) =>
        SchemaValues.Read(node, isResource ? SchemaCelTypes.WithObjectMeta(schema) : schema);

    /// <summary>The value as JSON: durations and timestamps as text, bytes as base64, types by name, none as null.</summary>
    public JsonNode? ToJson() => JsonValues.Write(this);

    /// <summary>The text of a string, else null.</summary>
    public string? AsStringOrNull() => Kind == CelValueKind.String ? String : null;

    /// <summary>The boolean, else null.</summary>
    public bool? AsBoolOrNull() => Kind == CelValueKind.Bool ? bits != 0 : null;

    /// <summary>The value as text, for messages.</summary>
    public override string ToString() => ValueText.Of(this);

    internal static CelValue Of(Timestamp value) => new(CelValueKind.Timestamp, value.Seconds, null, value.Nanos);

    internal static CelValue Duration(long nanos) => new(CelValueKind.Duration, nanos);

    internal static CelValue Of(CelList list) => new(CelValueKind.List, 0, list);

    internal static CelValue Of(CelMap map) => new(CelValueKind.Map, 0, map);

    internal static CelValue Of(CelType type) => new(CelValueKind.Type, 0, type);

    internal static CelValue Of(CelOpaque value) => new(CelValueKind.Opaque, 0, value);

    internal static CelValue OfUnknown(JsonNode? node) => new(CelValueKind.Unknown, 0, node);

    internal static CelValue Error(string message) => new(CelValueKind.Error, 0, message);

    internal static CelValue NoSuchOverload => new(CelValueKind.Error, 0, "no such overload");

    internal static CelValue NoSuchKey(CelValue key) => Error("no such key: " + key);

    internal static CelValue IndexOutOfBounds(CelValue index) => Error("index out of bounds: " + index);
}
