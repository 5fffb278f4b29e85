namespace Flotilla.Kubernetes.Cel;

/// <summary>What a <see cref="CelValue"/> is.</summary>
public enum CelValueKind : byte
{
    /// <summary>No value: an error that the expression has not absorbed.</summary>
    Error,

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

    /// <summary>Map, or object with fields.</summary>
    Map,

    /// <summary>A type.</summary>
    Type,

    /// <summary>A value that may be absent.</summary>
    Optional,

    /// <summary>A value of a library, as an IP address or a quantity.</summary>
    Opaque,

    /// <summary>Data of unknown type that can only be compared.</summary>
    Unknown,
}
