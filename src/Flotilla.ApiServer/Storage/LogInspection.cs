using System.Buffers.Binary;

namespace Flotilla.ApiServer.Storage;

/// <summary>
/// Finds damage in the middle of a write-ahead log. SQLite takes the first frame with a wrong checksum for the end of the
/// log, which is right for a transaction that a power failure cut off, but would silently drop what was committed after a
/// frame that rotted.
/// </summary>
/// <remarks>
/// Frames of one transaction may reach the disk in any order, but the next transaction begins only when all of them are
/// there. So a wrong frame with two commits behind it cannot come from a power failure. Format:
/// https://www.sqlite.org/fileformat2.html, 4.
/// </remarks>
internal static class LogInspection
{
    private const int HeaderLength = 32;
    private const int FrameHeaderLength = 24;
    private const uint Magic = 0x377F0682;

    /// <summary>Whether committed transactions lie behind a damaged place.</summary>
    public static bool IsDamaged(ReadOnlySpan<byte> log, int pageSize)
    {
        if (log.Length < HeaderLength + FrameHeaderLength + pageSize)
            return false;
        var header = log[..HeaderLength];
        var magic = Word(header, 0);
        var bigEndian = (magic & 1) != 0;
        var sum = Checksum(header[..24], (0, 0), bigEndian);
        // The header is on disk before the first frame is written.
        if ((magic & ~1u) != Magic || sum != (Word(header, 24), Word(header, 28)))
            return true;
        return CommitsBehindDamage(log[HeaderLength..], pageSize, sum, header.Slice(16, 8), bigEndian) > 1;
    }

    /// <summary>The most commits that follow each other, all whole, behind the first wrong frame.</summary>
    private static int CommitsBehindDamage(
        ReadOnlySpan<byte> frames, int pageSize, (uint, uint) sum, ReadOnlySpan<byte> salts, bool bigEndian)
    {
        var damaged = false;
        int commits = 0, most = 0;
        for (; frames.Length >= FrameHeaderLength + pageSize; frames = frames[(FrameHeaderLength + pageSize)..])
        {
            // Other salts are of frames from before the log was begun anew.
            var valid = frames.Slice(8, 8).SequenceEqual(salts) && FrameSum(frames, pageSize, sum, bigEndian) == Stored(frames);
            damaged |= !valid;
            // What a failed transaction left behind holds one commit at most, and nothing valid leads on from it.
            if (!valid)
                commits = 0;
            else if (damaged && Word(frames, 4) != 0)
                most = Math.Max(most, ++commits);
            // Each sum goes on from the one before, so a frame behind a wrong one can still be verified.
            sum = Stored(frames);
        }
        return most;
    }

    private static (uint, uint) FrameSum(ReadOnlySpan<byte> frame, int pageSize, (uint, uint) sum, bool bigEndian) =>
        Checksum(frame.Slice(FrameHeaderLength, pageSize), Checksum(frame[..8], sum, bigEndian), bigEndian);

    private static (uint, uint) Stored(ReadOnlySpan<byte> frame) => (Word(frame, 16), Word(frame, 20));

    private static (uint, uint) Checksum(ReadOnlySpan<byte> bytes, (uint First, uint Second) sum, bool bigEndian)
    {
        var (first, second) = sum;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            first += Number(bytes, bigEndian) + second;
            second += Number(bytes[4..], bigEndian) + first;
        }
        return (first, second);
    }

    private static uint Number(ReadOnlySpan<byte> bytes, bool bigEndian) =>
        bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static uint Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32BigEndian(bytes[offset..]);
}
