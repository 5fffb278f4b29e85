using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>What a <see cref="FieldScalar"/> holds; the order is that of values of different kinds.</summary>
public enum FieldScalarKind
{
    /// <summary>A whole number of 64 bits.</summary>
    Integer,

    /// <summary>Any other number.</summary>
    Float,

    /// <summary>A text.</summary>
    String,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>JSON null.</summary>
    Null,
}

/// <summary>
/// A scalar that identifies an element of a list: a value of a set, or a field of a list-map key. <c>1</c> equals <c>1.0</c>.
/// </summary>
public readonly struct FieldScalar : IEquatable<FieldScalar>, IComparable<FieldScalar>
{
    private readonly string? text;
    private readonly long bits;

    private FieldScalar(FieldScalarKind kind, long bits, string? text)
    {
        Kind = kind;
        this.bits = bits;
        this.text = text;
    }

    /// <summary>JSON null.</summary>
    public static FieldScalar Null { get; } = new(FieldScalarKind.Null, 0, null);

    /// <summary>What this is.</summary>
    public FieldScalarKind Kind { get; }

    /// <summary>The text of a string, else null.</summary>
    public string? Text => text;

    /// <summary>Of a text.</summary>
    public static FieldScalar From(string value) => new(FieldScalarKind.String, 0, value);

    /// <summary>Of a whole number.</summary>
    public static FieldScalar From(long value) => new(FieldScalarKind.Integer, value, null);

    /// <summary>Of any number.</summary>
    public static FieldScalar From(double value) => new(FieldScalarKind.Float, BitConverter.DoubleToInt64Bits(value), null);

    /// <summary>Of a truth.</summary>
    public static FieldScalar From(bool value) => new(FieldScalarKind.Boolean, value ? 1 : 0, null);

    /// <summary>Of a JSON scalar or null.</summary>
    /// <exception cref="ArgumentException">The node is an object or an array.</exception>
    public static FieldScalar From(JsonNode? node) =>
        TryFrom(node, out var value) ? value : throw new ArgumentException("a scalar is needed", nameof(node));

    /// <summary>Of a JSON scalar or null; false for an object or an array.</summary>
    public static bool TryFrom(JsonNode? node, out FieldScalar value)
    {
        value = Null;
        switch (node)
        {
            case null:
                return true;
            case JsonObject or JsonArray:
                return false;
        }
        value = node.GetValueKind() switch
        {
            JsonValueKind.String => From(node.AsStringOrNull()!),
            JsonValueKind.True => From(true),
            JsonValueKind.False => From(false),
            JsonValueKind.Number => FromNumber((JsonValue)node),
            _ => Null,
        };
        return true;
    }

    /// <summary>The scalar as a new JSON node.</summary>
    public JsonNode? ToNode() => Kind switch
    {
        FieldScalarKind.String => JsonValue.Create(text),
        FieldScalarKind.Integer => JsonValue.Create(bits),
        FieldScalarKind.Float => JsonValue.Create(Number),
        FieldScalarKind.Boolean => JsonValue.Create(bits != 0),
        _ => null,
    };

    /// <summary>The JSON text, as it stands in a key of <c>fieldsV1</c>.</summary>
    public string ToJson()
    {
        if (Kind != FieldScalarKind.String)
            return ToString();
        var json = new StringBuilder(text!.Length + 2);
        GoText.AppendJsonString(json, text);
        return json.ToString();
    }

    /// <summary>As it stands in a path that people read: <c>"a"</c>, <c>1</c>, <c>true</c>, <c>null</c>.</summary>
    public override string ToString() => Kind switch
    {
        FieldScalarKind.String => FieldError.Quote(text!),
        FieldScalarKind.Integer => bits.ToString(CultureInfo.InvariantCulture),
        FieldScalarKind.Float => GoText.Number(Number),
        FieldScalarKind.Boolean => bits != 0 ? "true" : "false",
        _ => "null",
    };

    /// <inheritdoc/>
    public int CompareTo(FieldScalar other)
    {
        if (IsNumber && other.IsNumber)
            return Kind == other.Kind && Kind == FieldScalarKind.Integer ? bits.CompareTo(other.bits) : Number.CompareTo(other.Number);
        if (Kind != other.Kind)
            return IsNumber ? -1 : other.IsNumber ? 1 : Kind.CompareTo(other.Kind);
        return Kind == FieldScalarKind.String ? Utf8Order.Compare(text!, other.text!) : bits.CompareTo(other.bits);
    }

    /// <inheritdoc/>
    public bool Equals(FieldScalar other) =>
        Kind == FieldScalarKind.String ? other.Kind == Kind && text == other.text : CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FieldScalar other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Kind switch
    {
        FieldScalarKind.String => text!.GetHashCode(StringComparison.Ordinal),
        FieldScalarKind.Integer or FieldScalarKind.Float => Number.GetHashCode(),
        _ => HashCode.Combine(Kind, bits),
    };

    /// <summary>Equality of values.</summary>
    public static bool operator ==(FieldScalar left, FieldScalar right) => left.Equals(right);

    /// <summary>Inequality of values.</summary>
    public static bool operator !=(FieldScalar left, FieldScalar right) => !left.Equals(right);

    private bool IsNumber => Kind is FieldScalarKind.Integer or FieldScalarKind.Float;

    private double Number => Kind == FieldScalarKind.Integer ? bits : BitConverter.Int64BitsToDouble(bits);

    private static FieldScalar FromNumber(JsonValue node)
    {
        if (node.TryGetValue(out long whole))
            return From(whole);
        return node.TryGetValue(out int small) ? From((long)small) : From(node.AsDoubleOrNull() ?? 0);
    }
}
