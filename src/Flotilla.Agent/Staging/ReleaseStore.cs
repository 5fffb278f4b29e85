using System.Text.Json;
using Flotilla.Agent.Applying;
using Flotilla.Agent.Links;
using Flotilla.Agent.State;
using Flotilla.Agent.Syncing;
using Flotilla.Api;
using Flotilla.Api.Sync;
using Flotilla.Content;
using Flotilla.Content.Trust;

namespace Flotilla.Agent.Staging;

/// <summary>Releases in the site's store: fetched from the hub, verified by their digests, read from disk without it.</summary>
public sealed class ReleaseStore(HttpMessageInvoker http, HubRequests hub, IAgentState state, LinkShare link, LinkBudget budget, TimeProvider time, int seed)
{
    private const string Repository = "content";
    private const int AtOnce = 4;

    /// <summary>The size of a manifest is nowhere signed beside its digest: what swells beyond this is none.</summary>
    private const int LargestManifest = 8 * 1024 * 1024;
    private readonly FetchRetry retry = new(seed);
    private long received;

    /// <summary>Bytes of content that came off the wire.</summary>
    public long Received => Interlocked.Read(ref received);

    /// <summary>Fetches what is missing of a release.</summary>
    /// <exception cref="BlobDownloadException">Something could not be fetched; what came is kept.</exception>
    /// <exception cref="InvalidDataException">What came is no release.</exception>
    /// <exception cref="LinkBudgetSpentException">The day's budget is used; what came is kept.</exception>
    public async Task FetchAsync(SiteIdentity site, string release, bool isUrgent, CancellationToken cancellation)
    {
        var options = new BlobDownloadOptions
        {
            PartialFolder = state.PartialFolder,
            Sign = request => hub.SignAsync(site, request),
            Refused = hub.IsGivenNonce,
            Packed = true,
            Received = (bytes, stop) => TakeAsync(bytes, isUrgent, stop),
            Retry = retry.After,
            Time = time,
        };
        var digest = DigestOf(release);
        await new BlobDownload(http, hub.Address, Repository, options with { MaximumSize = LargestManifest }).FetchAsync(digest, null, state.Content, cancellation);
        var download = new BlobDownload(http, hub.Address, Repository, options);
        var manifest = await ManifestAsync(digest, cancellation) ?? throw new InvalidDataException($"the release {release} is no manifest");
        await download.FetchAsync(manifest.Config, state.Content, cancellation);
        // Small things first: what a person wants to know is there before the bulk is.
        var some = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(manifest.Layers.OrderBy(l => l.Size), some, async (layer, stop) => await download.FetchAsync(layer, state.Content, stop));
    }

    /// <summary>Whether all of a release is here.</summary>
    public async Task<bool> HasAsync(string release, CancellationToken cancellation)
    {
        if (await ManifestAsync(DigestOf(release), cancellation) is not { } manifest || !await state.Content.ContainsAsync(manifest.Config.Digest, cancellation))
            return false;
        foreach (var layer in manifest.Layers)
        {
            if (!await state.Content.ContainsAsync(layer.Digest, cancellation))
                return false;
        }
        return true;
    }

    /// <summary>Opens a release that is here, with its sealed values.</summary>
    /// <exception cref="InvalidDataException">Something of it is missing or spoilt.</exception>
    /// <exception cref="SealingException">A sealed value is not for this site.</exception>
    public async Task<LoadedRelease> LoadAsync(SiteIdentity site, string release, IReadOnlyList<SealedValue> values, CancellationToken cancellation)
    {
        var manifest = await ManifestAsync(DigestOf(release), cancellation) ?? throw new InvalidDataException($"the release {release} is not here");
        var config = await state.Content.ReadAsync(manifest.Config.Digest, cancellation) ?? throw new InvalidDataException($"the document of the release {release} is not here");
        var document = JsonSerializer.Deserialize(config.Span, ApiJson.Default.ReleaseDocument) ?? throw new InvalidDataException($"the document of the release {release} is empty");
        return new LoadedRelease
        {
            Digest = release,
            Document = document,
            ReadBlob = async (blob, stop) => await state.Content.ReadAsync(DigestOf(blob), stop)
                ?? throw new InvalidDataException($"the blob {blob} of the release {release} is not here"),
            SealedValues = values.ToDictionary(v => v.Name, v => Open(site, v), StringComparer.Ordinal),
        };
    }

    /// <summary>Forgets content that none of the releases needs.</summary>
    public async Task CollectAsync(IEnumerable<string> kept, CancellationToken cancellation)
    {
        var needed = new HashSet<Digest>();
        foreach (var release in kept)
        {
            var digest = DigestOf(release);
            needed.Add(digest);
            if (await ManifestAsync(digest, cancellation) is not { } manifest)
                continue;
            needed.Add(manifest.Config.Digest);
            needed.UnionWith(manifest.Layers.Select(l => l.Digest));
        }
        await foreach (var digest in state.Content.ListAsync(cancellation))
        {
            if (!needed.Contains(digest))
                await state.Content.DeleteAsync(digest, cancellation);
        }
    }

    private ValueTask TakeAsync(int bytes, bool isUrgent, CancellationToken cancellation)
    {
        Interlocked.Add(ref received, bytes);
        budget.Book.Content(bytes);
        if (!isUrgent && !budget.HasRoomForContent)
            throw new LinkBudgetSpentException(budget.Say());
        return link.YieldAsync(bytes, cancellation);
    }

    private static string Open(SiteIdentity site, SealedValue value) => System.Text.Encoding.UTF8.GetString(Sealing.Unseal(site.SealingKey, value.Jwe, value.Name));

    private static Digest DigestOf(string text) => Digest.TryParse(text, out var digest) ? digest : throw new InvalidDataException($"\"{text}\" is no digest");

    private async Task<OciManifest?> ManifestAsync(Digest digest, CancellationToken cancellation)
    {
        try
        {
            return await state.Content.ReadAsync(digest, cancellation) is { } bytes ? OciManifest.Parse(bytes.Span) : null;
        }
        catch (DigestMismatchException)
        {
            // Spoilt on disk: fetched again like something that was never here.
            await state.Content.DeleteAsync(digest, cancellation);
            return null;
        }
    }
}
