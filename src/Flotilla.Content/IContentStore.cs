namespace Flotilla.Content;

/// <summary>Content that is known by its digest. What is written stays until it is deleted; nothing else is ever served under a digest.</summary>
public interface IContentStore
{
    /// <summary>Whether the content is there. It is read and verified only when it is asked for.</summary>
    ValueTask<bool> ContainsAsync(Digest digest, CancellationToken cancellation);

    /// <summary>The whole content, verified; null when it is not there.</summary>
    /// <exception cref="DigestMismatchException">
    /// What is stored has been spoilt; the message names it. Writing the right content, or deleting and fetching it again, mends it.
    /// </exception>
    ValueTask<ReadOnlyMemory<byte>?> ReadAsync(Digest digest, CancellationToken cancellation);

    /// <summary>The content as a stream that can seek, verified; null when it is not there. The caller disposes it.</summary>
    /// <exception cref="DigestMismatchException">As for reading.</exception>
    ValueTask<Stream?> OpenAsync(Digest digest, CancellationToken cancellation);

    /// <summary>Keeps content; when this returns it survives a loss of power. What is there already is left alone.</summary>
    ValueTask<Digest> WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellation);

    /// <summary>Keeps the content of a stream, verified on the way.</summary>
    /// <param name="length">Its bytes, when known.</param>
    /// <exception cref="DigestMismatchException">The stream held something else; nothing is left of it.</exception>
    /// <exception cref="InvalidDataException">The stream was shorter or longer than promised; nothing is left of it.</exception>
    ValueTask WriteAsync(Digest expected, Stream content, long? length, CancellationToken cancellation);

    /// <summary>Forgets content; what is not there is no error.</summary>
    ValueTask DeleteAsync(Digest digest, CancellationToken cancellation);

    /// <summary>The digests of what is there, in no order.</summary>
    IAsyncEnumerable<Digest> ListAsync(CancellationToken cancellation);
}
