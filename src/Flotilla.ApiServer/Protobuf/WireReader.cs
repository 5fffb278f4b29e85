using System.Buffers.Binary;
using System.Text;

namespace Flotilla.ApiServer.Protobuf;

/// <summary>How a field lies in the bytes.</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}

/// <summary>
/// Reads the fields of one message (<see href="https://protobuf.dev/programming-guides/encoding/"/>). Groups, which no message of
/// Kubernetes has, are refused.
/// </summary>
internal ref struct WireReader(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> rest = message;

    public readonly bool IsAtEnd => rest.IsEmpty;

    /// <summary>Goes to the next field; false at the end of the message.</summary>
    /// <exception cref="ProtobufException">There is no field, but something else.</exception>
    public bool Next(out int number, out WireType type)
    {
        number = 0;
        type = default;
        if (rest.IsEmpty)
            return false;
        var tag = Varint();
        var form = (int)(tag & 7);
        if (form is 3 or 4 or > 5)
            throw new ProtobufException($"proto: illegal wireType {form}");
        if (tag >> 3 is 0 or > int.MaxValue)
            throw new ProtobufException($"proto: illegal tag {tag >> 3} (wire type {tag})");
        number = (int)(tag >> 3);
        type = (WireType)form;
        return true;
    }

    public ulong Varint()
    {
        ulong value = 0;
        for (var (i, shift) = (0, 0); shift < 64; i++, shift += 7)
        {
            if (i >= rest.Length)
                throw Ended();
            value |= (ulong)(rest[i] & 0x7F) << shift;
            if (rest[i] < 0x80)
            {
                rest = rest[(i + 1)..];
                return value;
            }
        }
        throw new ProtobufException("proto: integer overflow");
    }

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    public ReadOnlySpan<byte> Bytes()
    {
        var length = Varint();
        return length > (ulong)rest.Length ? throw Ended() : Take((int)length);
    }

    /// <summary>A text; bytes that are no UTF-8 become U+FFFD, as they do when Go writes JSON.</summary>
    public string Text() => Encoding.UTF8.GetString(Bytes());

    public void Skip(WireType type)
    {
        switch (type)
        {
            case WireType.Varint:
                Varint();
                break;
            case WireType.Bytes:
                Bytes();
                break;
            default:
                Take(type == WireType.Fixed64 ? 8 : 4);
                break;
        }
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > rest.Length)
            throw Ended();
        var taken = rest[..length];
        rest = rest[length..];
        return taken;
    }

    private static ProtobufException Ended() => new("unexpected EOF");
}
