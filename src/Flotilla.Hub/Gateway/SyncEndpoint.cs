using System.Diagnostics;
using System.Text.Json;
using Flotilla.Api;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.ApiServer.Requests;
using Flotilla.Content;
using Flotilla.Hub.Identity;
using Flotilla.Hub.Ledger;
using Flotilla.Hub.Restores;
using Flotilla.Kubernetes.Errors;
using Microsoft.AspNetCore.Http;

namespace Flotilla.Hub.Gateway;

/// <summary><c>POST /v1/sync</c>: stores what a site says, then tells what is new for it, waiting for that as long as the site likes.</summary>
internal sealed class SyncEndpoint(
    HubKeys keys, ILedger ledger, HubStanding standing, SiteAuthentication sites, WaitingSites waiting, SyncNumbers numbers, int mostUnderWay, TimeProvider time)
{
    private const int MostEntries = 500;
    private const int MostBytes = 4 * 1024 * 1024;
    private const int ShortestWait = 3;
    private const int LongestWait = 15;
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(300);

    public async Task HandleAsync(HttpContext http)
    {
        var (started, held) = (Stopwatch.GetTimestamp(), 0L);
        numbers.Begin();
        try
        {
            if (numbers.UnderWay > mostUnderWay)
            {
                // Nothing of it was read yet: to say so costs almost nothing, and whoever is let in is served soon.
                numbers.Refuse();
                throw new OverloadException(Random.Shared.Next(ShortestWait, LongestWait + 1));
            }
            var (site, request) = await ReadAsync(http);
            if (request.Taken is not null)
                await AdoptAsync(site, request);
            var response = await StoreAsync(site, request);
            if (MayHold(request) && IsNothing(response, request))
            {
                var before = Stopwatch.GetTimestamp();
                response = await HoldAsync(site, request, http.RequestAborted);
                held = Stopwatch.GetTimestamp() - before;
            }
            await GatewayResponse.WriteAsync(http, response, ApiJson.Default.SyncResponse);
        }
        finally
        {
            numbers.End(Stopwatch.GetTimestamp() - started - held);
        }
    }

    private async Task<(SiteName Site, SyncRequest Request)> ReadAsync(HttpContext http)
    {
        var claim = await sites.ClaimAsync(http);
        var body = await RequestBody.ReadAsSentAsync(http.Request, MostBytes, http.RequestAborted);
        sites.Prove(http, claim, Digest.Of(body));
        if (RequestBody.IsPacked(http.Request))
            body = await RequestBody.UnpackAsync(new MemoryStream(body), MostBytes, http.RequestAborted);
        SyncRequest request;
        try
        {
            request = JsonSerializer.Deserialize(body, ApiJson.Default.SyncRequest) ?? throw ApiStatusException.BadRequest("the body is null where a sync request belongs");
        }
        catch (JsonException e)
        {
            throw ApiStatusException.BadRequest($"the body is no sync request: {e.Message}");
        }
        return (claim.Site, Sound(request));
    }

    private static SyncRequest Sound(SyncRequest request)
    {
        if (request.Entries.Count > MostEntries)
            throw ApiStatusException.BadRequest($"{request.Entries.Count} journal entries in one request: send at most {MostEntries}, the rest with the next");
        if (request.Journal.Length > 64 || request.Agent.Length > 100 || request.ReportDigest.Length > 100)
            throw ApiStatusException.BadRequest("journal, agent or reportDigest is longer than allowed (64, 100 and 100 characters)");
        if (request.Entries.Count > 0 && request.Journal.Length == 0)
            throw ApiStatusException.BadRequest("entries without the name of their journal");
        if (request is { Report: not null, ReportDigest.Length: 0 })
            throw ApiStatusException.BadRequest("a report without its digest");
        return request.Epoch < 0 || request.Sequence < 0 ? throw ApiStatusException.BadRequest("epoch and sequence are not negative") : request;
    }

    /// <summary>Stored to the end even when the site hangs up: what it sends again is known then.</summary>
    private async Task<SyncResponse> StoreAsync(SiteName site, SyncRequest request)
    {
        var now = time.GetUtcNow();
        var outcome = await ledger.SyncAsync(site, request, now, CancellationToken.None) ?? throw ApiStatusException.Unauthorized();
        return new SyncResponse
        {
            Acknowledged = outcome.Acknowledged,
            ReportDigest = outcome.ReportDigest,
            Envelope = outcome.Target is { } target ? JsonElement.Parse(target.Envelope) : null,
            KeySet = request.KeySet < keys.KeySet.Version ? keys.KeySetEnvelope.ToElement() : null,
            WantsTaken = outcome.IsAhead,
            Now = now,
        };
    }

    /// <summary>The site has more than this hub knows of, and shows it.</summary>
    private async Task AdoptAsync(SiteName site, SyncRequest request)
    {
        if (TakenState.Read(site, request, keys) is not { } taken)
            throw new ApiStatusException(new ApiStatus(409, "Conflict", $"({request.Epoch}, {request.Sequence}) is not what the envelope shows that comes with it, or this hub never signed that"));
        if (await ledger.FactsAsync(site, CancellationToken.None) is { } facts && (facts.Epoch, facts.Sequence).CompareTo((taken.State.Epoch, taken.State.Sequence)) >= 0)
            return;
        // Held first: nothing may be written between one and the other.
        await standing.FoundAheadAsync(site, taken, CancellationToken.None);
        await ledger.AdoptAsync(taken.ToTarget(site), CancellationToken.None);
    }

    private static bool MayHold(SyncRequest request) => request is { HoldSeconds: > 0, Entries.Count: 0, Report: null };

    private static bool IsNothing(SyncResponse response, SyncRequest request) =>
        response is { Envelope: null, KeySet: null, WantsTaken: false } && response.ReportDigest == request.ReportDigest;

    private async Task<SyncResponse> HoldAsync(SiteName site, SyncRequest request, CancellationToken aborted)
    {
        var wish = TimeSpan.FromSeconds(request.HoldSeconds);
        var end = time.GetUtcNow() + (wish < LongestHold ? wish : LongestHold);
        numbers.Hold(1);
        try
        {
            while (true)
            {
                var waiter = waiting.Add(site, end - time.GetUtcNow());
                try
                {
                    // Looked at again after listening has begun: what came in between is not missed.
                    var response = await StoreAsync(site, request);
                    if (!IsNothing(response, request) || waiter.Task.IsCompleted && await waiter.Task == WakeReason.Over)
                        return response;
                    await using var gone = aborted.UnsafeRegister(static (w, token) => ((WaitingSite)w!).TrySetCanceled(token), waiter);
                    if (await waiter.Task == WakeReason.Over)
                        return response with { Now = time.GetUtcNow() };
                }
                finally
                {
                    waiting.Remove(site, waiter);
                }
            }
        }
        finally
        {
            numbers.Hold(-1);
        }
    }
}
