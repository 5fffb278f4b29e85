using System.Collections.Concurrent;

namespace Flotilla.Content;

/// <summary>
/// Remembers which files were found to be what their digest promises, so that a range of a large blob can be served without reading all of
/// it each time. A file whose length or time of change differs is read again.
/// </summary>
internal sealed class VerifiedFiles
{
    private const int Most = 100_000;

    private readonly ConcurrentDictionary<Digest, (long Length, DateTime Changed)> known = new();

    /// <summary>Makes sure of a file, and leaves it at its start.</summary>
    /// <exception cref="DigestMismatchException">The file was spoilt; the message names it.</exception>
    public async ValueTask RequireAsync(Digest digest, FileStream file, CancellationToken cancellation)
    {
        var seen = (file.Length, File.GetLastWriteTimeUtc(file.SafeFileHandle));
        if (known.TryGetValue(digest, out var before) && before == seen)
            return;
        var actual = await Digest.OfAsync(file, cancellation);
        if (actual != digest)
            throw new DigestMismatchException(file.Name, digest, actual);
        file.Position = 0;
        if (known.Count >= Most)
            known.Clear();
        known[digest] = seen;
    }

    public void Forget(Digest digest) => known.TryRemove(digest, out _);
}
