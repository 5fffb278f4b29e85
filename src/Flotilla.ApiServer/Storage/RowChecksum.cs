using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Flotilla.ApiServer.Storage;

/// <summary>A CRC-32C over a row. SQLite's pages have no checksum, so it would hand out a text with flipped bits as it is.</summary>
internal static class RowChecksum
{
    public static long Of(long resource, ObjectKey key, long revision, ReadOnlySpan<byte> json)
    {
        var crc = BitOperations.Crc32C(BitOperations.Crc32C(uint.MaxValue, (ulong)resource), (ulong)revision);
        crc = Add(crc, MemoryMarshal.AsBytes(key.Namespace.AsSpan()));
        crc = Add(BitOperations.Crc32C(crc, (byte)'/'), MemoryMarshal.AsBytes(key.Name.AsSpan()));
        return Add(crc, json);
    }

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }
        foreach (var one in bytes)
            crc = BitOperations.Crc32C(crc, one);
        return crc;
    }
}
