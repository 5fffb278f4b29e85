using Flotilla.Kubernetes.Errors;

namespace Flotilla.Kubernetes.Client;

/// <summary>
/// What a server serves (discovery). Read at the first question, kept, and read anew when something is not found, since definitions
/// come and go; but not more often than a server can bear.
/// </summary>
public sealed class ResourceDirectory : IDisposable
{
    private const int MostInARow = 10;
    private static readonly TimeSpan RefreshEvery = TimeSpan.FromSeconds(1);

    private readonly KubernetesClient client;
    private readonly TimeProvider time;
    private readonly SemaphoreSlim reading = new(1);
    private volatile Known known = new(ResourceCatalog.Empty, 0);
    private double allowance = MostInARow;
    private long lastRefresh;

    internal ResourceDirectory(KubernetesClient client, TimeProvider time)
    {
        this.client = client;
        this.time = time;
        lastRefresh = time.GetTimestamp();
    }

    /// <summary>The resource of objects with this apiVersion and kind; null when the server has none.</summary>
    /// <exception cref="ApiStatusException">The server refused to tell.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    public async ValueTask<ResourceReference?> TryResolveAsync(string apiVersion, string kind, CancellationToken cancellation)
    {
        var seen = known;
        if (seen.Catalog.Find(apiVersion, kind) is { } there)
            return there.Reference;
        return (await NewerThanAsync(seen, cancellation)).Catalog.Find(apiVersion, kind)?.Reference;
    }

    /// <summary>The resource of objects with this apiVersion and kind.</summary>
    /// <exception cref="UnknownResourceException">The server has none.</exception>
    /// <exception cref="ApiStatusException">The server refused to tell.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    public async ValueTask<ResourceReference> ResolveAsync(string apiVersion, string kind, CancellationToken cancellation) =>
        await TryResolveAsync(apiVersion, kind, cancellation)
        ?? throw new UnknownResourceException($"{client.Server} serves no {(kind.Length == 0 ? "object without kind" : kind)} of {(apiVersion.Length == 0 ? "no apiVersion" : apiVersion)}: check spelling and version, or apply its CustomResourceDefinition first");

    /// <summary>The resource that people mean by a plural, singular, short name or kind, alone or with <c>.group</c> or <c>.version.group</c>.</summary>
    /// <exception cref="UnknownResourceException">The server has none; the message may say what was meant.</exception>
    /// <exception cref="ApiStatusException">The server refused to tell.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    public async ValueTask<ServedResource> ResolveAsync(string word, CancellationToken cancellation)
    {
        var seen = known;
        if (seen.Catalog.Find(word) is { } there)
            return there;
        var catalog = (await NewerThanAsync(seen, cancellation)).Catalog;
        if (catalog.Find(word) is { } found)
            return found;
        var meant = catalog.NearestTo(word) is { } near ? $"; did you mean \"{near}\"?" : "; is its CustomResourceDefinition applied?";
        throw new UnknownResourceException($"{client.Server} has no resource \"{word}\"{meant}");
    }

    /// <summary>All resources, in the server's order.</summary>
    /// <exception cref="ApiStatusException">The server refused to tell.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    public async ValueTask<IReadOnlyList<ServedResource>> AllAsync(CancellationToken cancellation)
    {
        var seen = known;
        return (seen.Reading > 0 ? seen : await NewerThanAsync(seen, cancellation)).Catalog.All;
    }

    /// <summary>Reads discovery anew.</summary>
    /// <exception cref="ApiStatusException">The server refused to tell.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        await reading.WaitAsync(cancellation);
        try
        {
            await ReadAsync(cancellation);
        }
        finally
        {
            reading.Release();
        }
    }

    /// <summary>Ends; the client does it.</summary>
    public void Dispose() => reading.Dispose();

    /// <summary>Something newer than what was looked at, if that may be had now. Those who wait share one reading.</summary>
    private async Task<Known> NewerThanAsync(Known seen, CancellationToken cancellation)
    {
        await reading.WaitAsync(cancellation);
        try
        {
            if (known.Reading == seen.Reading && (seen.Reading == 0 || MayRefresh()))
                await ReadAsync(cancellation);
            return known;
        }
        finally
        {
            reading.Release();
        }
    }

    private async Task ReadAsync(CancellationToken cancellation) =>
        known = new Known(new ResourceCatalog(await DiscoveryReader.ReadAsync(client, cancellation)), known.Reading + 1);

    private bool MayRefresh()
    {
        var now = time.GetTimestamp();
        allowance = Math.Min(MostInARow, allowance + (time.GetElapsedTime(lastRefresh, now) / RefreshEvery));
        lastRefresh = now;
        if (allowance < 1)
            return false;
        allowance--;
        return true;
    }

    /// <param name="Reading">How often discovery was read; 0 for never.</param>
    private sealed record Known(ResourceCatalog Catalog, long Reading);
}
