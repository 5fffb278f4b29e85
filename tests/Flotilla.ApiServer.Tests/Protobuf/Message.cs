using System.Buffers.Binary;
using System.Collections;
using System.Text;

namespace Flotilla.ApiServer.Tests.Protobuf;

/// <summary>A protobuf message written by hand: <c>new Message { { 1, "name" }, { 2, 5 }, { 3, new Message() } }</c>.</summary>
internal sealed class Message : IEnumerable<byte>
{
    private readonly List<byte> bytes = [];

    /// <summary>A body as Go's clients send it.</summary>
    public static byte[] Body(string apiVersion, string kind, Message obj) =>
    [
        .. "k8s\0"u8,
        .. new Message { { 1, new Message { { 1, apiVersion }, { 2, kind } } }, { 2, obj }, { 3, "" }, { 4, "" } },
    ];

    public void Add(int number, string text) => Add(number, Encoding.UTF8.GetBytes(text));

    public void Add(int number, Message message) => Add(number, message.bytes.ToArray());

    public void Add(int number, byte[] value)
    {
        Varint(((ulong)number << 3) | 2);
        Varint((ulong)value.Length);
        bytes.AddRange(value);
    }

    public void Add(int number, long value)
    {
        Varint((ulong)number << 3);
        Varint(unchecked((ulong)value));
    }

    public void Add(int number, double value)
    {
        Varint(((ulong)number << 3) | 1);
        var fixed64 = new byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(fixed64, value);
        bytes.AddRange(fixed64);
    }

    /// <summary>Numbers of a repeated field in one piece.</summary>
    public static byte[] Packed(params long[] values)
    {
        var packed = new Message();
        foreach (var value in values)
            packed.Varint(unchecked((ulong)value));
        return [.. packed];
    }

    public IEnumerator<byte> GetEnumerator() => bytes.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
    }
}
