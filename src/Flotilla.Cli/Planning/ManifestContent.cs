using System.Security.Cryptography;
using Flotilla.Api.Components;
using Flotilla.Cli.Connections;

namespace Flotilla.Cli.Planning;

/// <summary>Manifests by digest: what is about to be uploaded, what the hub has, and what is on the web.</summary>
internal sealed class ManifestContent(HubConnection hub, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> uploads)
{
    private const int MostBytes = 64 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Dictionary<string, ReadOnlyMemory<byte>?> known = uploads.ToDictionary(u => u.Key, u => (ReadOnlyMemory<byte>?)u.Value, StringComparer.Ordinal);

    /// <summary>Why content that is missing could not be had.</summary>
    public SortedSet<string> Troubles { get; } = new(StringComparer.Ordinal);

    /// <summary>What was fetched; null when it is nowhere to be had.</summary>
    public ReadOnlyMemory<byte>? Find(string digest) => known.GetValueOrDefault(digest);

    /// <summary>Fetches what versions are made of.</summary>
    public async Task FetchAsync(IEnumerable<ComponentVersion> versions, CancellationToken cancellation)
    {
        foreach (var source in versions.Select(v => v.Source))
        {
            foreach (var digest in source.Content)
                await FetchAsync(digest, null, cancellation);
            if (source.Http is { } http)
                await FetchAsync("sha256:" + http.Sha256.ToLowerInvariant(), http.Url, cancellation);
        }
    }

    private async Task FetchAsync(string digest, string? url, CancellationToken cancellation)
    {
        if (known.ContainsKey(digest))
            return;
        var gateway = await hub.GatewayAsync(cancellation);
        var found = await gateway.ContentAsync(digest, cancellation);
        // The hub fetches what it is told of; what is only planned, it was not told of yet.
        if (found is null && url is not null)
            found = await DownloadAsync(url, digest, cancellation);
        else if (found is null)
            Troubles.Add($"the hub has no content {digest}: apply the files that it was made of again");
        known[digest] = found is null ? null : new ReadOnlyMemory<byte>(found);
    }

    private async Task<byte[]?> DownloadAsync(string url, string digest, CancellationToken cancellation)
    {
        using var web = new HttpClient { Timeout = Patience, MaxResponseContentBufferSize = MostBytes };
        try
        {
            var bytes = await web.GetByteArrayAsync(new Uri(url), cancellation);
            var found = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));
            if (found == digest)
                return bytes;
            Troubles.Add($"{url} has the digest {found}, and {digest} is declared: mend http.sha256, or the address");
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            Troubles.Add($"neither the hub nor this machine has {url}: {e.Message}");
        }
        return null;
    }
}
