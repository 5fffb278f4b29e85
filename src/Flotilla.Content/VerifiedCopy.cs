using System.Buffers;
using System.Security.Cryptography;

namespace Flotilla.Content;

/// <summary>Copies a stream and holds it to what was promised about it.</summary>
internal static class VerifiedCopy
{
    private const int BufferSize = 64 * 1024;

    /// <exception cref="DigestMismatchException">The stream held something else.</exception>
    /// <exception cref="InvalidDataException">The stream was shorter or longer than promised.</exception>
    public static async ValueTask CopyAsync(Digest expected, Stream from, long? length, Stream to, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            long copied = 0;
            for (int read; (read = await from.ReadAsync(buffer.AsMemory(0, BufferSize), cancellation)) > 0;)
            {
                copied += read;
                if (copied > length)
                    throw new InvalidDataException($"the content of {expected} is longer than the {length} bytes promised");
                hash.AppendData(buffer, 0, read);
                await to.WriteAsync(buffer.AsMemory(0, read), cancellation);
            }
            if (length is { } promised && copied < promised)
                throw new InvalidDataException($"the content of {expected} ends after {copied} of {promised} bytes");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        var actual = Digest.FromHash(hash.GetHashAndReset());
        if (actual != expected)
            throw new DigestMismatchException("the content", expected, actual);
    }
}
