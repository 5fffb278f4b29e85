using System.Buffers.Binary;

namespace Flotilla.ApiServer.Storage;

/// <summary>Tells from the first bytes of a file whether it is ours, before SQLite touches it.</summary>
/// <remarks>Offsets as in https://www.sqlite.org/fileformat2.html, 1.3.</remarks>
internal static class FileIdentity
{
    /// <summary><c>Flot</c> in ASCII, in the header's field for the application.</summary>
    public const int ApplicationId = 0x466C6F74;

    /// <summary>The layout of tables that this code reads and writes.</summary>
    public const int SchemaVersion = 1;

    private const int HeaderLength = 100;

    /// <exception cref="StorageOpenException">It is no database, another's, or a newer one's.</exception>
    public static void Check(string path)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        int length;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            length = file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageOpenException($"{path} cannot be read: {e.Message}", e);
        }
        if (length < HeaderLength || !header.StartsWith("SQLite format 3\0"u8))
            throw new StorageOpenException($"{path} is damaged or not a database. {Remedy}");
        var application = BinaryPrimitives.ReadInt32BigEndian(header[68..]);
        if (application != ApplicationId)
            throw new StorageOpenException($"{path} is a database of another program. Choose another folder.");
        var version = BinaryPrimitives.ReadInt32BigEndian(header[60..]);
        if (version > SchemaVersion)
        {
            throw new StorageOpenException(
                $"{path} has layout {version}; this version of Flotilla knows layouts up to {SchemaVersion}. Use the newer version that wrote it.");
        }
    }

    /// <summary>What to do about a file that cannot be used.</summary>
    public const string Remedy = "It was left as it is. Put a backup in its place, or move it away to start with an empty database.";
}
