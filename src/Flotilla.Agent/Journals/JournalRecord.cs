using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text.Json;
using Flotilla.Api;
using Flotilla.Api.Sync;

namespace Flotilla.Agent.Journals;

/// <summary>An entry in a file: length and CRC-32 of its JSON (little-endian, four bytes each), then the JSON.</summary>
internal static class JournalRecord
{
    public const int HeaderSize = 8;

    /// <summary>No entry is larger; a larger length is a torn or spoilt record.</summary>
    private const int LargestBody = 1024 * 1024;

    public static byte[] Write(JournalEntry entry)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(entry, ApiJson.Default.JournalEntry);
        var record = new byte[HeaderSize + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(record, body.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(4), Crc32.HashToUInt32(body));
        body.CopyTo(record.AsSpan(HeaderSize));
        return record;
    }

    /// <summary>Reads the record at the start of the bytes; null when it is not whole or not what was written.</summary>
    /// <param name="size">Bytes of the whole record.</param>
    public static JournalEntry? Read(ReadOnlySpan<byte> bytes, out int size)
    {
        size = 0;
        if (bytes.Length < HeaderSize)
            return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (length is <= 0 or > LargestBody || bytes.Length - HeaderSize < length)
            return null;
        var body = bytes.Slice(HeaderSize, length);
        if (Crc32.HashToUInt32(body) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]))
            return null;
        size = HeaderSize + length;
        try
        {
            return JsonSerializer.Deserialize(body, ApiJson.Default.JournalEntry);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>All records up to the first that is not whole.</summary>
    public static IReadOnlyList<JournalEntry> ReadAll(ReadOnlySpan<byte> bytes)
    {
        var entries = new List<JournalEntry>();
        while (Read(bytes, out var size) is { } entry)
        {
            entries.Add(entry);
            bytes = bytes[size..];
        }
        return entries;
    }
}
