using System.Text.Json;
using Flotilla.Api;
using Flotilla.Api.Sites;
using Flotilla.ApiServer.Requests;
using Flotilla.Core.Sites;
using Flotilla.Hub.Identity;
using Flotilla.Hub.Ledger;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Text;
using Microsoft.AspNetCore.Http;

namespace Flotilla.Hub.Gateway;

/// <summary><c>POST /v1/namespaces/NS/sites/NAME/enrolment</c>: makes a token for a declared Site.</summary>
internal sealed class EnrolmentEndpoint(HubKeys keys, ILedger ledger, KubernetesClient api, KubernetesAccess access, Func<Uri> address, string agentImage, TimeProvider time)
{
    private static readonly ResourceReference Sites = new("flotilla.dev", "v1alpha1", "sites", true, "Site");
    private static readonly TimeSpan Usual = TimeSpan.FromHours(24);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    public async Task HandleAsync(HttpContext http, SiteName site)
    {
        await access.DemandAsync(http, new AccessWish("create", "sites", "enrolment", site.Namespace, site.Name));
        var (validFor, replaces) = await WishAsync(http);
        var expires = time.GetUtcNow() + validFor;
        if (await api.GetAsync(Sites, site.Namespace, site.Name, http.RequestAborted) is null)
            throw ApiStatusException.NotFound("flotilla.dev", "sites", site.Name);
        var token = EnrolmentTokens.New(keys);
        await ledger.AddTokenAsync(new EnrolmentToken(EnrolmentTokens.Hash(token), site, expires) { Replaces = replaces }, http.RequestAborted);
        var hub = address().GetLeftPart(UriPartial.Authority);
        var manifest = AgentManifest.Write(hub, token, keys.AuthorityPem, agentImage);
        await GatewayResponse.WriteAsync(http, new EnrolmentAnswer(token, hub, expires, keys.AuthorityPem, manifest), GatewayJson.Default.EnrolmentAnswer, 201);
    }

    /// <summary><c>POST …/sites/NAME/revocation</c>: keeps a site out from now on.</summary>
    public async Task RevokeAsync(HttpContext http, SiteName site)
    {
        await access.DemandAsync(http, new AccessWish("delete", "sites", "enrolment", site.Namespace, site.Name));
        var bar = new SiteBar(Reasons.Revoked, "The keys of this site were revoked.", time.GetUtcNow());
        if (!await ledger.BarAsync(site, bar, http.RequestAborted))
            throw ApiStatusException.NotFound("flotilla.dev", "sites", site.Name);
        await GatewayResponse.WriteAsync(http, new RevocationAnswer(site, bar.Since), GatewayJson.Default.RevocationAnswer);
    }

    private static async Task<(TimeSpan ValidFor, bool Replaces)> WishAsync(HttpContext http)
    {
        var body = await RequestBody.ReadAsSentAsync(http.Request, 4096, http.RequestAborted);
        if (body.Length == 0)
            return (Usual, false);
        try
        {
            var wish = JsonSerializer.Deserialize(body, GatewayJson.Default.EnrolmentWish);
            var replaces = wish?.Replaces ?? false;
            if (wish?.ValidFor is not { } text)
                return (Usual, replaces);
            return GoDuration.ParseTimeSpan(text) is { } span && span > TimeSpan.Zero && span <= Longest
                ? (span, replaces)
                : throw ApiStatusException.BadRequest($"validFor: \"{text}\" is no duration between 1s and {Longest.TotalHours:0}h; write as 24h");
        }
        catch (JsonException e)
        {
            throw ApiStatusException.BadRequest($"the body is no wish for a token: {e.Message}");
        }
    }
}
