using Flotilla.Content;
using Flotilla.Core.Releases;
using Microsoft.Extensions.Logging;

namespace Flotilla.Hub.Stacks;

/// <summary>Revisions by digest: those of late from memory, older ones compiled again from the content store. Safe for several threads.</summary>
/// <param name="content">Where <see cref="ReleaseStore"/> keeps what they are made of.</param>
/// <param name="most">How many stay in memory.</param>
internal sealed partial class RevisionLibrary(IContentStore content, ILogger logger, int most = 16)
{
    private readonly Lock turn = new();
    private readonly LinkedList<Revision> recent = [];

    /// <summary>Keeps what was compiled just now at hand.</summary>
    public void Put(Revision revision)
    {
        lock (turn)
        {
            if (Take(revision.Digest) is null)
                recent.AddFirst(revision);
            while (recent.Count > most)
                recent.RemoveLast();
        }
    }

    /// <summary>A revision; null when it is not in the store, or cannot be made of what is there. The log says which.</summary>
    public async ValueTask<Revision?> FindAsync(string digest, CancellationToken cancellation)
    {
        lock (turn)
        {
            if (Take(digest) is { } known)
                return known;
        }
        try
        {
            if (await ReadAsync(digest, cancellation) is not { } revision)
                return null;
            Put(revision);
            return revision;
        }
        catch (Exception e) when (e is DigestMismatchException or System.Text.Json.JsonException)
        {
            Spoilt(digest, e.Message);
            return null;
        }
    }

    private async ValueTask<Revision?> ReadAsync(string digest, CancellationToken cancellation)
    {
        if (!Digest.TryParse(digest, out var parsed) || await content.ReadAsync(parsed, cancellation) is not { } inputs)
        {
            Missing(digest);
            return null;
        }
        var sources = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (var source in RevisionReader.SourcesOf(inputs))
        {
            if (Digest.TryParse(source, out var named) && await content.ReadAsync(named, cancellation) is { } bytes)
                sources[source] = bytes;
        }
        var outcome = RevisionReader.Read(digest, inputs, source => sources.TryGetValue(source, out var bytes) ? bytes : null);
        if (outcome.Revision is null)
            Spoilt(digest, string.Join("; ", outcome.Problems.Take(3)));
        return outcome.Revision;
    }

    /// <summary>The one that is at hand, put first.</summary>
    private Revision? Take(string digest)
    {
        for (var node = recent.First; node is not null; node = node.Next)
        {
            if (node.Value.Digest != digest)
                continue;
            recent.Remove(node);
            recent.AddFirst(node);
            return node.Value;
        }
        return null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "revision {Digest} is not in the content store: sites cannot be given it any more; roll out what the stack compiles to now")]
    private partial void Missing(string digest);

    [LoggerMessage(Level = LogLevel.Warning, Message = "revision {Digest} cannot be made again: {Why}")]
    private partial void Spoilt(string digest, string why);
}
