using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Flotilla.Api;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Content;
using Flotilla.Content.Trust;
using Flotilla.Hub.Gateway;
using Flotilla.Hub.Hosting;
using Flotilla.Hub.Ledger;

namespace Flotilla.Hub.Tests.Hosting;

/// <summary>What a site says and hears on the wire, without a cluster: it signs requests, verifies envelopes and reports as a test says.</summary>
internal sealed class FakeSite(HubHost first, SiteName name) : IDisposable
{
    private HubHost hub = first;
    private readonly SigningKey signing = SigningKey.Create();
    private HttpMessageInvoker wire = new(first.Gateway.CreateHandler());
    private JsonElement? taken;
    private bool wantsTaken;
    private int reports;

    public SiteName Name => name;

    public SealingKey Sealing { get; } = SealingKey.Create();

    /// <summary>The newest desired state that it took.</summary>
    public DesiredState? State { get; private set; }

    public SiteReport Report { get; private set; } = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async Task EnrolAsync()
    {
        var token = EnrolmentTokens.New(hub.Keys);
        await hub.Ledger.AddTokenAsync(new EnrolmentToken(EnrolmentTokens.Hash(token), name, DateTimeOffset.MaxValue), Cancellation);
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new EnrolRequest(signing.PublicKey.ToJwkElement(), Sealing.PublicKey.ToJwkElement(), "fake"), ApiJson.Default.EnrolRequest);
        await PostAsync("/v1/enrol", token, body);
    }

    /// <summary>Talks with another hub from now on, or with the same after a restart.</summary>
    public void Meet(HubHost other)
    {
        wire.Dispose();
        (hub, wire, wantsTaken) = (other, new HttpMessageInvoker(other.Gateway.CreateHandler()), false);
    }

    /// <summary>One sync; takes what comes.</summary>
    /// <returns>Whether something new came.</returns>
    public async Task<bool> SyncAsync(int hold = 0)
    {
        var request = new SyncRequest
        {
            Epoch = State?.Epoch ?? 0,
            Sequence = State?.Sequence ?? 0,
            KeySet = hub.Keys.KeySet.Version,
            Agent = "fake",
            ReportDigest = $"report-{reports}",
            Report = hold == 0 ? Report : null,
            HoldSeconds = hold,
            Taken = wantsTaken ? taken : null,
        };
        var body = JsonSerializer.SerializeToUtf8Bytes(request, ApiJson.Default.SyncRequest);
        var token = TokenFor(body);
        var response = JsonSerializer.Deserialize(await PostAsync("/v1/sync", token, body), ApiJson.Default.SyncResponse)!;
        // What the hub wants to see comes with the next request, as an agent does it.
        if (response.WantsTaken && !wantsTaken)
        {
            wantsTaken = true;
            return await SyncAsync(hold);
        }
        wantsTaken = response.WantsTaken;
        if (response.Envelope is not { } envelope)
            return false;
        taken = envelope.Clone();
        var payload = DsseEnvelope.Parse(envelope).Verify(DesiredState.PayloadType, hub.Keys.KeySet);
        State = JsonSerializer.Deserialize(payload, ApiJson.Default.DesiredState)!;
        Assert.Equal(name.ToString(), State.Site);
        // What it may fetch is there at once, and it says so.
        if (State.Stage is { } stage && State.Permit?.Release != stage.Release && Report.Applied?.Release != stage.Release)
            await ReportAsync(Report with { Phase = SitePhase.Staged });
        return true;
    }

    /// <summary>What the hub answers to a sync of this site at present.</summary>
    public Task<HttpStatusCode> KnockAsync() => KnockAsync(new SyncRequest { Agent = "fake", KeySet = hub.Keys.KeySet.Version });

    /// <summary>What the hub answers to a request at present.</summary>
    public async Task<HttpStatusCode> KnockAsync(SyncRequest request)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(request, ApiJson.Default.SyncRequest);
        using var response = await SendAsync("/v1/sync", TokenFor(body), body);
        return response.StatusCode;
    }

    /// <summary>What the hub says to a request; nothing of it is taken.</summary>
    public async Task<SyncResponse> AskAsync(SyncRequest request)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(request, ApiJson.Default.SyncRequest);
        return JsonSerializer.Deserialize(await PostAsync("/v1/sync", TokenFor(body), body), ApiJson.Default.SyncResponse)!;
    }

    /// <summary>The envelope that it took last.</summary>
    public JsonElement? Taken => taken;

    /// <summary>Tells how things stand, and takes what comes.</summary>
    public Task<bool> ReportAsync(SiteReport report)
    {
        reports++;
        Report = report with { Epoch = State?.Epoch ?? 0, Sequence = State?.Sequence ?? 0 };
        return SyncAsync();
    }

    /// <summary>Waits on held polls, as an agent does, until what it is told is as wanted.</summary>
    public async Task<DesiredState> HearAsync(Func<DesiredState, bool> wanted)
    {
        while (State is null || !wanted(State))
            await SyncAsync(hold: 30);
        // What was taken is told with the next request.
        await SyncAsync();
        return State;
    }

    /// <summary>Does what it was told.</summary>
    public Task SucceedAsync() => ReportAsync(new SiteReport
    {
        Phase = SitePhase.Settled,
        Healthy = true,
        Applied = new AppliedRelease { Revision = State!.Stage!.Revision, Release = State.Stage.Release },
        Kubernetes = new KubernetesFacts { Version = "v1.36.0", Nodes = 1 },
    });

    public void Dispose()
    {
        wire.Dispose();
        signing.Dispose();
        Sealing.Dispose();
    }

    private string TokenFor(byte[] body) =>
        SiteToken.Create(signing, new SiteTokenRequest(name.ToString(), hub.Keys.Hub, "POST", "/v1/sync", Digest.Of(body), DateTimeOffset.UtcNow));

    private async Task<byte[]> PostAsync(string path, string bearer, byte[] body)
    {
        using var response = await SendAsync(path, bearer, body);
        var answer = await response.Content.ReadAsByteArrayAsync(Cancellation);
        Assert.True(response.StatusCode == HttpStatusCode.OK, System.Text.Encoding.UTF8.GetString(answer));
        return answer;
    }

    private async Task<HttpResponseMessage> SendAsync(string path, string bearer, byte[] body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri("https://gateway.invalid"), path)) { Content = new ByteArrayContent(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        return await wire.SendAsync(request, Cancellation);
    }
}
