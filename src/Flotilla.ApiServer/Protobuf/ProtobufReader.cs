using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds.Decoding;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Protobuf;

/// <summary>
/// Reads the protobuf bodies that Go's typed clients send for built-in kinds: the four bytes <c>k8s\0</c>, then a
/// <c>runtime.Unknown</c> that names the kind and holds the message of the object.
/// </summary>
internal static class ProtobufReader
{
    private static ReadOnlySpan<byte> Prefix => "k8s\0"u8;

    /// <summary>
    /// The object as a JSON body would have it. Protobuf also holds what Go's JSON leaves out (empty texts, zeros, empty structs);
    /// that is still there: <see cref="TypedDecoding"/> drops it. Of a kind that is not built in, only apiVersion and kind.
    /// </summary>
    /// <param name="body">The body of a request.</param>
    /// <param name="apiVersion">What to take where the body names no apiVersion.</param>
    /// <param name="kind">What to take where the body names no kind.</param>
    /// <exception cref="ProtobufException">The bytes are no such body.</exception>
    public static JsonObject Read(ReadOnlySpan<byte> body, string apiVersion, string kind)
    {
        var raw = Open(body, ref apiVersion, ref kind);
        var obj = new JsonObject { ["kind"] = kind, ["apiVersion"] = apiVersion };
        if (SchemaOf(apiVersion, kind) is not { } schema)
            return obj;
        try
        {
            MessageDecoder.Decode(raw, obj, schema);
            return obj;
        }
        catch (ProtobufException e)
        {
            throw new ProtobufException(e.Message) { ApiVersion = apiVersion, Kind = kind };
        }
    }

    private static ReadOnlySpan<byte> Open(ReadOnlySpan<byte> body, ref string apiVersion, ref string kind)
    {
        if (body.IsEmpty)
            throw new ProtobufException("empty data");
        if (!body.StartsWith(Prefix))
            throw new ProtobufException("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
        if (body.Length == Prefix.Length)
            throw new ProtobufException("empty body");
        var raw = ReadOnlySpan<byte>.Empty;
        var unknown = new WireReader(body[Prefix.Length..]);
        while (unknown.Next(out var number, out var type))
        {
            if (type != WireType.Bytes)
                unknown.Skip(type);
            else if (number == 1)
                ReadTypeMeta(unknown.Bytes(), ref apiVersion, ref kind);
            else if (number == 2)
                raw = unknown.Bytes();
            else
                unknown.Skip(type);
        }
        return raw;
    }

    private static void ReadTypeMeta(ReadOnlySpan<byte> message, ref string apiVersion, ref string kind)
    {
        var typeMeta = new WireReader(message);
        while (typeMeta.Next(out var number, out var type))
        {
            if (type != WireType.Bytes || number > 2)
                typeMeta.Skip(type);
            else if (typeMeta.Text() is { Length: > 0 } text)
                (number == 1 ? ref apiVersion : ref kind) = text;
        }
    }

    // Every group has the options of meta/v1, but discovery lists them for few.
    private static Schema? SchemaOf(string apiVersion, string kind) =>
        BuiltInTypes.Instance.Kind(apiVersion, kind) ?? (kind == "DeleteOptions" ? BuiltInTypes.Instance.Kind("v1", kind) : null);
}
