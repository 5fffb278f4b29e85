using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Api;
using Flotilla.Api.Definitions;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.ApiServer;
using Flotilla.Content;
using Flotilla.Content.Trust;
using Flotilla.Hub.Gateway;
using Flotilla.Hub.Identity;
using Flotilla.Hub.Ledger;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;
using Flotilla.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flotilla.Hub.Tests.Gateway;

/// <summary>A gateway in memory, with the real API server behind it, and sites that sign as real ones do.</summary>
public sealed class GatewayGround : IAsyncDisposable
{
    public static readonly SiteName Store = new("retail", "store-1");

    private readonly KubernetesApi server;

    private GatewayGround(KubernetesApi server, ManualTime time)
    {
        this.server = server;
        Time = time;
        Keys = HubKeys.InMemory(time);
        Ledger = SqliteLedger.InMemory(time, NullLogger.Instance);
        Api = new KubernetesClient(server.CreateHandler(), server.Address, time, server.Token);
    }

    public ManualTime Time { get; }

    public HubKeys Keys { get; }

    public ILedger Ledger { get; }

    public IContentStore Content { get; } = new MemoryContentStore();

    public KubernetesClient Api { get; }

    public HubGateway Gateway { get; private set; } = null!;

    public HttpMessageInvoker Client { get; private set; } = null!;

    public string AdminToken => server.Token;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<GatewayGround> StartAsync(IPEndPoint? listen = null, Uri? advertise = null, int mostSyncs = 1000)
    {
        var time = new ManualTime();
        var users = new[] { new KubernetesApiUser("alice", "alice-token", "people"), new KubernetesApiUser("bob", "bob-token", "people") };
        var ground = new GatewayGround(await KubernetesApi.StartAsync(new KubernetesApiOptions { Listen = false, Users = users }, Cancellation), time);
        var options = new GatewayOptions
        {
            Keys = ground.Keys,
            Ledger = ground.Ledger,
            Content = ground.Content,
            Api = ground.Api,
            Time = time,
            Listen = listen,
            Advertise = advertise,
            MostSyncs = mostSyncs,
        };
        ground.Gateway = await HubGateway.StartAsync(options, Cancellation);
        ground.Client = new HttpMessageInvoker(ground.Gateway.CreateHandler());
        return ground;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Gateway.DisposeAsync();
        await Ledger.DisposeAsync();
        Api.Dispose();
        Keys.Dispose();
        await server.DisposeAsync();
    }

    public async Task<TestSite> EnrolAsync(SiteName? name = null)
    {
        var site = new TestSite(name ?? Store);
        var token = EnrolmentTokens.New(Keys);
        await Ledger.AddTokenAsync(new EnrolmentToken(EnrolmentTokens.Hash(token), site.Name, Time.GetUtcNow().AddHours(1)), Cancellation);
        using var answer = await EnrolAsync(site, token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return site;
    }

    public Task<HttpResponseMessage> EnrolAsync(TestSite site, string token, string agent = "test") =>
        SendAsync(HttpMethod.Post, "/v1/enrol", token, new EnrolRequest(site.Signing.PublicKey.ToJwkElement(), site.Sealing.PublicKey.ToJwkElement(), agent), ApiJson.Default.EnrolRequest);

    public Task<HttpResponseMessage> SendAsync<T>(HttpMethod method, string path, string? bearer, T body, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        SendAsync(method, path, bearer, JsonSerializer.SerializeToUtf8Bytes(body, type));

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? bearer, byte[]? body = null, Action<HttpRequestMessage>? change = null, CancellationToken? cancellation = null)
    {
        var request = new HttpRequestMessage(method, new Uri(new Uri("https://gateway.invalid"), path));
        if (bearer is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        if (body is not null)
            request.Content = new ByteArrayContent(body);
        change?.Invoke(request);
        return Client.SendAsync(request, cancellation ?? Cancellation);
    }

    /// <summary>A sync as an agent does it.</summary>
    public async Task<SyncResponse> SyncAsync(TestSite site, SyncRequest request, CancellationToken? cancellation = null)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(request, ApiJson.Default.SyncRequest);
        using var answer = await SendAsync(HttpMethod.Post, "/v1/sync", Token(site, "POST", "/v1/sync", body), body, cancellation: cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(Cancellation), ApiJson.Default.SyncResponse)!;
    }

    public string Token(TestSite site, string method, string path, byte[] body, string? hub = null, TimeSpan ahead = default, string? nonce = null) =>
        SiteToken.Create(site.Signing, new SiteTokenRequest(site.Name.ToString(), hub ?? Keys.Hub, method, path, Digest.Of(body), Time.GetUtcNow() + ahead) { Nonce = nonce });

    public async Task SetTargetAsync(SiteName site, long sequence, string? release = null)
    {
        var stage = release is null ? null : new ReleaseTarget("sha256:revision", release);
        var state = new DesiredState { Hub = Keys.Hub, Site = site.ToString(), Epoch = 1, Sequence = sequence, Issued = Time.GetUtcNow(), Stage = stage };
        var target = new StoredTarget { Site = site, Fleet = "stores", Stage = stage, Epoch = 1, Sequence = sequence, Envelope = new EnvelopeSigner(Keys).Sign(state) };
        Assert.True(await Ledger.CommitAsync(new FleetLease("retail", "stores", 1), new FleetCommit { Targets = [target] }, Cancellation));
    }

    public async Task DeclareSiteAsync(SiteName site)
    {
        var definitions = new ResourceReference("apiextensions.k8s.io", "v1", "customresourcedefinitions", false, "CustomResourceDefinition");
        foreach (var definition in CustomResourceDefinitions.All)
            await Api.CreateAsync(definitions, null, (JsonObject)definition.DeepClone(), WriteOptions.Default, Cancellation);
        await Api.CreateAsync(new ResourceReference("", "v1", "namespaces", false, "Namespace"), null, (JsonObject)JsonNode.Parse($$$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{{site.Namespace}}}"}}""")!, WriteOptions.Default, Cancellation);
        // Definitions are served a moment after they are stored.
        while (!await IsEstablishedAsync(definitions, "sites.flotilla.dev"))
        {
        }
        var sites = new ResourceReference("flotilla.dev", "v1alpha1", "sites", true, "Site");
        await Api.CreateAsync(sites, site.Namespace, (JsonObject)JsonNode.Parse($$$"""{"apiVersion":"flotilla.dev/v1alpha1","kind":"Site","metadata":{"name":"{{{site.Name}}}"},"spec":{}}""")!, WriteOptions.Default, Cancellation);
    }

    private async Task<bool> IsEstablishedAsync(ResourceReference definitions, string name)
    {
        await Task.Yield();
        var found = await Api.GetAsync(definitions, null, name, Cancellation);
        return found.Object("status").Array("conditions")?.Any(c => c.String("type") == "Established" && c.String("status") == "True") ?? false;
    }

    /// <summary>Lets alice do something with our kinds in the namespace retail.</summary>
    public async Task AllowAliceAsync(string verb, string resource)
    {
        await EnsureNamespaceAsync();
        var name = resource.Replace('/', '-') + "-" + verb;
        var role = $$$"""{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","metadata":{"name":"{{{name}}}"},"rules":[{"apiGroups":["flotilla.dev"],"resources":["{{{resource}}}"],"verbs":["{{{verb}}}"]}]}""";
        var binding = $$$"""{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding","metadata":{"name":"{{{name}}}"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"{{{name}}}"},"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"alice"}]}""";
        await Api.CreateAsync(new ResourceReference("rbac.authorization.k8s.io", "v1", "roles", true, "Role"), "retail", (JsonObject)JsonNode.Parse(role)!, WriteOptions.Default, Cancellation);
        await Api.CreateAsync(new ResourceReference("rbac.authorization.k8s.io", "v1", "rolebindings", true, "RoleBinding"), "retail", (JsonObject)JsonNode.Parse(binding)!, WriteOptions.Default, Cancellation);
    }

    private async Task EnsureNamespaceAsync()
    {
        var namespaces = new ResourceReference("", "v1", "namespaces", false, "Namespace");
        if (await Api.GetAsync(namespaces, null, "retail", Cancellation) is null)
            await Api.CreateAsync(namespaces, null, (JsonObject)JsonNode.Parse("""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"retail"}}""")!, WriteOptions.Default, Cancellation);
    }

    public static async Task<string> TextAsync(HttpResponseMessage answer) => Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync(Cancellation));

    public static async Task<JsonObject> JsonAsync(HttpResponseMessage answer) => (JsonObject)JsonNode.Parse(await TextAsync(answer))!;
}

/// <summary>A site with its keys.</summary>
public sealed record TestSite(SiteName Name)
{
    internal SigningKey Signing { get; init; } = SigningKey.Create();

    internal SealingKey Sealing { get; init; } = SealingKey.Create();
}
