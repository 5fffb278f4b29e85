namespace Flotilla.ApiServer.OpenApi;

/// <summary>
/// Lets servers of one process share documents of the same content. It keeps none alive: a document, and the CRDs that it
/// would be made of, go with the last server that shows it.
/// </summary>
internal sealed class SharedDocuments
{
    private const int FirstSweep = 256;

    private readonly Dictionary<string, WeakReference<OpenApiDocument>> byHash = new(StringComparer.Ordinal);
    private readonly Lock access = new();
    private int nextSweep = FirstSweep;

    /// <summary>The document made of these parts; <paramref name="make"/> is kept for when somebody asks for its body.</summary>
    public OpenApiDocument Get(IEnumerable<string> parts, Func<byte[]> make)
    {
        var hash = OpenApiDocument.HashOf(parts);
        lock (access)
        {
            if (byHash.TryGetValue(hash, out var known) && known.TryGetTarget(out var document))
                return document;
            if (byHash.Count >= nextSweep)
                Sweep();
            document = new OpenApiDocument(hash, make);
            byHash[hash] = new WeakReference<OpenApiDocument>(document);
            return document;
        }
    }

    private void Sweep()
    {
        foreach (var (hash, document) in byHash)
        {
            if (!document.TryGetTarget(out _))
                byHash.Remove(hash);
        }
        nextSweep = Math.Max(FirstSweep, 2 * byHash.Count);
    }
}
