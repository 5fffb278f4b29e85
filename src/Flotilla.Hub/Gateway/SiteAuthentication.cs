using System.Collections.Concurrent;
using Flotilla.Api.Sites;
using Flotilla.Content;
using Flotilla.Content.Trust;
using Flotilla.Core.Sites;
using Flotilla.Hub.Identity;
using Flotilla.Hub.Ledger;
using Flotilla.Kubernetes.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Flotilla.Hub.Gateway;

/// <summary>Finds out which site asks: by a token that the site's key signed for this very request.</summary>
internal sealed class SiteAuthentication(HubKeys keys, ILedger ledger, TimeProvider time)
{
    public const string NonceHeader = "Flotilla-Nonce";
    public const string TimeHeader = "Flotilla-Time";

    /// <summary>How far a site's clock may be off before it must ask for a nonce.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);
    private const int MostKeys = 20_000;

    private readonly Nonces nonces = new(keys, time);

    /// <summary>Keys read before, by their text: reading one costs more than all else about a sync.</summary>
    private readonly ConcurrentDictionary<string, PublicKey> read = new(StringComparer.Ordinal);

    /// <summary>The bearer token of a request; null when it has none.</summary>
    public static string? BearerOf(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var header && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..].Trim() : null;

    /// <summary>The site that a token claims to be of, when it is enrolled; nothing is proved yet.</summary>
    /// <exception cref="ApiStatusException">401.</exception>
    public async ValueTask<SiteClaim> ClaimAsync(HttpContext http)
    {
        if (SiteToken.Read(BearerOf(http.Request)) is { } token
            && SiteName.TryParse(token.Site) is { } site
            && await ledger.KeysAsync(site, http.RequestAborted) is { } known
            && known.KeyId == token.KeyId)
            return new SiteClaim(site, token, KeyOf(known), known.Barred);
        throw ApiStatusException.Unauthorized();
    }

    /// <summary>Proves the claim.</summary>
    /// <exception cref="ApiStatusException">401, with a nonce when the site's clock may be the reason; 403 for a site that is not let in any more.</exception>
    public void Prove(HttpContext http, SiteClaim claim, Digest body)
    {
        var (_, token, key, barred) = claim;
        var now = time.GetUtcNow();
        var path = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var verdict = token.Verify(key, new SiteTokenContext(keys.Hub, http.Request.Method, path, body, now) { Skew = Skew, IsFreshNonce = nonces.IsFresh });
        if (verdict == SiteTokenVerdict.Valid)
        {
            if (barred is not null)
                throw new ApiStatusException(new ApiStatus(403, "Forbidden", barred.Message));
            return;
        }
        if (verdict is SiteTokenVerdict.Expired or SiteTokenVerdict.NotYetValid or SiteTokenVerdict.StaleNonce)
        {
            http.Response.Headers[NonceHeader] = nonces.New();
            http.Response.Headers[TimeHeader] = now.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
            throw new ApiStatusException(new ApiStatus(401, "Unauthorized", $"the token's time is not near {now:u}, the hub's: try again with the nonce of the header {NonceHeader}"));
        }
        throw ApiStatusException.Unauthorized();
    }

    private PublicKey KeyOf(SiteKeys known)
    {
        if (read.TryGetValue(known.SigningKey, out var key))
            return key;
        if (read.Count >= MostKeys)
            read.Clear();
        return read.GetOrAdd(known.SigningKey, PublicKey.FromJwk);
    }
}

/// <summary>Who asks, as it says.</summary>
/// <param name="Barred">Why it is not let in; null when it is.</param>
internal sealed record SiteClaim(SiteName Site, SiteToken Token, PublicKey Key, SiteBar? Barred);
