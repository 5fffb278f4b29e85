using System.Text.Json;
using Flotilla.Api;
using Flotilla.Api.Sync;
using Flotilla.ApiServer.Requests;
using Flotilla.Content.Trust;
using Flotilla.Hub.Identity;
using Flotilla.Hub.Ledger;
using Flotilla.Kubernetes.Errors;
using Microsoft.AspNetCore.Http;

namespace Flotilla.Hub.Gateway;

/// <summary>
/// <c>POST /v1/enrol</c>: binds the keys of a site to it by a token. Tokens are looked up by their hash, so how long it takes tells
/// nothing about them.
/// </summary>
internal sealed class EnrolEndpoint(HubKeys keys, ILedger ledger, TimeProvider time)
{
    private const int MostBytes = 16 * 1024;
    private readonly AddressLimit limit = new(time, tries: 60, refill: TimeSpan.FromSeconds(1));

    public async Task HandleAsync(HttpContext http)
    {
        limit.Demand(http.Connection.RemoteIpAddress);
        if (SiteAuthentication.BearerOf(http.Request) is not { Length: > 0 and <= 512 } token)
            throw ApiStatusException.Unauthorized();
        var request = await ReadAsync(http);
        var (signing, sealing) = (KeyOf(request.SigningKey, "signingKey"), KeyOf(request.SealingKey, "sealingKey"));
        if (signing.Equals(sealing))
            throw ApiStatusException.BadRequest("signingKey and sealingKey are the same key: make one for each use");
        var now = time.GetUtcNow();
        var outcome = await ledger.EnrolAsync(EnrolmentTokens.Hash(token), new SiteKeys(signing.KeyId, signing.ToJwk(), sealing.ToJwk(), now), now, CancellationToken.None);
        if (outcome.Result != EnrolmentResult.Enrolled)
            throw Refusal(outcome);
        var response = new EnrolResponse(outcome.Site!.Value.ToString(), keys.Hub, keys.Root.ToJwkElement(), keys.KeySetEnvelope.ToElement());
        await GatewayResponse.WriteAsync(http, response, ApiJson.Default.EnrolResponse);
    }

    private static async Task<EnrolRequest> ReadAsync(HttpContext http)
    {
        try
        {
            var body = await RequestBody.ReadAsSentAsync(http.Request, MostBytes, http.RequestAborted);
            return JsonSerializer.Deserialize(body, ApiJson.Default.EnrolRequest) ?? throw ApiStatusException.BadRequest("the body is null where an enrolment belongs");
        }
        catch (JsonException e)
        {
            throw ApiStatusException.BadRequest($"the body is no enrolment: {e.Message}");
        }
    }

    private static PublicKey KeyOf(JsonElement jwk, string field)
    {
        try
        {
            return PublicKey.FromJwk(jwk);
        }
        catch (FormatException e)
        {
            throw ApiStatusException.BadRequest($"{field}: {e.Message}");
        }
    }

    private static ApiStatusException Refusal(EnrolmentOutcome outcome) => outcome.Result switch
    {
        EnrolmentResult.UnknownToken => ApiStatusException.Unauthorized(),
        EnrolmentResult.ExpiredToken => new(new ApiStatus(403, "Forbidden", $"the token has expired: make a new one with `flotilla site enrol {outcome.Site?.Name}`")),
        EnrolmentResult.UsedToken => new(new ApiStatus(403, "Forbidden", $"the token was used by another agent: make a new one with `flotilla site enrol {outcome.Site?.Name}`")),
        _ => new(new ApiStatus(409, "Conflict", $"site {outcome.Site} is enrolled with other keys: when this machine takes its place, make a token with `flotilla site enrol {outcome.Site?.Name} --replace`")),
    };
}
