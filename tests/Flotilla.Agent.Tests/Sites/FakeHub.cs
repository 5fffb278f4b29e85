using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Agent.Syncing;
using Flotilla.Api;
using Flotilla.Api.Releases;
using Flotilla.Api.Sync;
using Flotilla.Content;
using Flotilla.Content.Trust;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;

namespace Flotilla.Agent.Tests.Sites;

/// <summary>The hub's side of the wire, made by hand: checks what a site signs, stores what it says, says what a test wants.</summary>
internal sealed class FakeHub : HttpMessageHandler
{
    public const string Id = "hub-a";
    public const string Site = "retail/store-1";
    public static readonly Uri Address = new("https://hub.example.com");

    private readonly RootKey root = RootKey.Create();
    private readonly SigningKey signing = SigningKey.Create();
    private readonly DsseEnvelope keySet;
    private readonly TimeProvider time;
    private readonly MemoryContentStore content = new();
    private readonly Lock gate = new();
    private readonly List<JournalEntry> entries = [];
    private readonly Pulse changed = new();
    private PublicKey? siteKey;
    private PublicKey? sealing;
    private DesiredState? target;
    private string reportDigest = "";

    public FakeHub(TimeProvider time)
    {
        this.time = time;
        keySet = root.Sign(new KeySet { Hub = Id, Version = 1, Issued = time.GetUtcNow(), Keys = [signing.PublicKey] });
    }

    /// <summary>Answers instead of the hub, or breaks the line, before anything is stored.</summary>
    public Func<HttpRequestMessage, HttpResponseMessage?>? Before { get; set; }

    /// <summary>Breaks the line after everything is stored.</summary>
    public Func<SyncRequest, bool>? LosesAnswer { get; set; }

    /// <summary>After how many bytes of content the line breaks; null for never.</summary>
    public int? CutsContentAfter { get; set; }

    public int ContentRequests { get; private set; }

    public long ContentSent { get; private set; }

    /// <summary>After how much silence something on the way forgets a connection, and both sides never hear of each other again.</summary>
    public TimeSpan? ForgottenAfter { get; set; }

    public ConcurrentQueue<SyncRequest> Requests { get; } = new();

    public IReadOnlyList<JournalEntry> Entries
    {
        get
        {
            lock (gate)
                return [.. entries];
        }
    }

    public SiteReport? Report { get; private set; }

    public int Enrolments { get; private set; }

    /// <summary>A release of one component in the hub's content.</summary>
    public Task<ReleaseTarget> PublishAsync(string yaml, params string[] sealedNames) => PublishAsync(yaml, c => c with { Sealed = sealedNames });

    public async Task<ReleaseTarget> PublishAsync(string yaml, Func<ReleaseComponent, ReleaseComponent> change)
    {
        var lines = YamlReader.ReadAll(yaml).Select(d =>
        {
            var obj = (JsonObject)d.Content!;
            obj.ObjectOrNew("metadata").ObjectOrNew("labels")[ReleaseLabels.Component] = "till";
            return Encoding.UTF8.GetString(CanonicalJson.Write(obj)) + "\n";
        });
        var objects = Encoding.UTF8.GetBytes(string.Concat(lines));
        var digest = await content.WriteAsync(objects, default);
        var document = new ReleaseDocument
        {
            Revision = digest.ToString(),
            Components = [change(new ReleaseComponent { Name = "till", Version = "1.0.0", Role = "application", Objects = [digest.ToString()] })],
        };
        var config = CanonicalJson.Write(JsonSerializer.SerializeToNode(document, ApiJson.Default.ReleaseDocument));
        await content.WriteAsync(config, default);
        var manifest = new OciManifest
        {
            ArtifactType = ReleaseMediaTypes.Release,
            Config = OciDescriptor.Of(ReleaseMediaTypes.Document, config),
            Layers = [OciDescriptor.Of(ReleaseMediaTypes.Objects, objects)],
        };
        return new ReleaseTarget(digest.ToString(), (await content.WriteAsync(manifest.ToBytes(), default)).ToString());
    }

    /// <summary>From now on this is wanted.</summary>
    public void Want(DesiredState state)
    {
        target = state;
        changed.Beat();
    }

    public DesiredState State(long sequence, ReleaseTarget? stage, bool mayBegin = true) => new()
    {
        Hub = Id,
        Site = Site,
        Epoch = 1,
        Sequence = sequence,
        Issued = time.GetUtcNow(),
        Stage = stage,
        Permit = stage is not null && mayBegin ? new StartPermit(stage.Release, time.GetUtcNow(), time.GetUtcNow().AddDays(1)) : null,
        Sync = new SyncPolicy { HoldSeconds = 240, IntervalSeconds = 3600 },
    };

    public SealedValue Seal(string name, string value) => new(name, Sealing.Seal(sealing!, Encoding.UTF8.GetBytes(value), name));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Before?.Invoke(request) is { } instead)
            return instead;
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        return request.RequestUri!.AbsolutePath switch
        {
            "/v1/enrol" => Enrol(body),
            "/v1/sync" => await SyncAsync(request, body, cancellationToken),
            var path => await ContentAsync(request, path),
        };
    }

    protected override void Dispose(bool disposing)
    {
        root.Dispose();
        signing.Dispose();
        base.Dispose(disposing);
    }

    private HttpResponseMessage Enrol(byte[] body)
    {
        var request = JsonSerializer.Deserialize(body, ApiJson.Default.EnrolRequest)!;
        var key = PublicKey.FromJwk(request.SigningKey);
        // A token is good once, and again for the keys that used it.
        if (siteKey is not null && !siteKey.Equals(key))
            return Refuse(HttpStatusCode.Conflict, "enrolled with other keys");
        (siteKey, sealing) = (key, PublicKey.FromJwk(request.SealingKey));
        Enrolments++;
        return Json(JsonSerializer.SerializeToUtf8Bytes(new EnrolResponse(Site, Id, root.PublicKey.ToJwkElement(), keySet.ToElement()), ApiJson.Default.EnrolResponse));
    }

    private async Task<HttpResponseMessage> SyncAsync(HttpRequestMessage message, byte[] body, CancellationToken cancellation)
    {
        Verify(message, Digest.Of(body));
        if (message.Content!.Headers.ContentEncoding.Contains("gzip"))
        {
            using var packed = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
            using var plain = new MemoryStream();
            packed.CopyTo(plain);
            body = plain.ToArray();
        }
        var request = JsonSerializer.Deserialize(body, ApiJson.Default.SyncRequest)!;
        Requests.Enqueue(request);
        Store(request);
        if (LosesAnswer?.Invoke(request) is true)
            throw new HttpRequestException("the line broke");
        var end = time.GetUtcNow().AddSeconds(request.HoldSeconds);
        while (true)
        {
            var next = changed.Next;
            if (target is { } wanted && (wanted.Epoch, wanted.Sequence).CompareTo((request.Epoch, request.Sequence)) > 0)
                return Answer(request, DsseEnvelope.Sign(DesiredState.PayloadType, JsonSerializer.SerializeToUtf8Bytes(wanted, ApiJson.Default.DesiredState), signing));
            if (request.HoldSeconds == 0 || time.GetUtcNow() >= end || request.ReportDigest != reportDigest)
                return Answer(request, null);
            var silence = Task.Delay(end - time.GetUtcNow(), time, cancellation);
            if (ForgottenAfter is { } forgotten && end - time.GetUtcNow() > forgotten)
            {
                await Task.Delay(forgotten, time, cancellation);
                throw new HttpRequestException("the peer does not answer pings");
            }
            await Task.WhenAny(next, silence);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private HttpResponseMessage Answer(SyncRequest request, DsseEnvelope? envelope)
    {
        lock (gate)
        {
            return Json(JsonSerializer.SerializeToUtf8Bytes(
                new SyncResponse
                {
                    Acknowledged = entries.Count,
                    ReportDigest = reportDigest,
                    Envelope = envelope?.ToElement(),
                    KeySet = request.KeySet < 1 ? keySet.ToElement() : null,
                    Now = time.GetUtcNow(),
                },
                ApiJson.Default.SyncResponse));
        }
    }

    private void Store(SyncRequest request)
    {
        lock (gate)
        {
            foreach (var entry in request.Entries.Where(e => e.Number == entries.Count + 1))
                entries.Add(entry);
            if (request.Report is { } report)
                (Report, reportDigest) = (report, request.ReportDigest);
        }
    }

    private async Task<HttpResponseMessage> ContentAsync(HttpRequestMessage message, string path)
    {
        Verify(message, Digest.Of([]));
        if (await content.ReadAsync(Digest.Parse(path.Split('/')[^1]), default) is not { } bytes)
            return Refuse(HttpStatusCode.NotFound, "no such content");
        ContentRequests++;
        var answer = new HttpResponseMessage(HttpStatusCode.OK);
        if (message.RequestUri!.Query is ['?', 'f', 'r', 'o', 'm', '=', .. var from])
        {
            answer.Headers.Add(BlobDownload.FromHeader, from);
            bytes = bytes[int.Parse(from, System.Globalization.CultureInfo.InvariantCulture)..];
        }
        var length = bytes.Length;
        if (CutsContentAfter is { } most && length > most)
            bytes = bytes[..most];
        ContentSent += bytes.Length;
        answer.Content = new ByteArrayContent(bytes.ToArray());
        answer.Content.Headers.ContentLength = length;
        return answer;
    }

    private void Verify(HttpRequestMessage message, Digest body)
    {
        var token = SiteToken.Read(message.Headers.Authorization?.Parameter);
        var context = new SiteTokenContext(Id, message.Method.Method, message.RequestUri!.PathAndQuery, body, time.GetUtcNow());
        Assert.Equal(SiteTokenVerdict.Valid, token?.Verify(siteKey!, context));
    }

    private static HttpResponseMessage Json(byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = content };
    }

    public static HttpResponseMessage Refuse(HttpStatusCode status, string message) => new(status)
    {
        Content = new StringContent(new Kubernetes.Errors.ApiStatus((int)status, status.ToString(), message).ToJson().ToJsonString(), Encoding.UTF8, "application/json"),
    };
}
