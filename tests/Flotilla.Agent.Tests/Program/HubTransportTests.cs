using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Flotilla.Agent.Program;
using Flotilla.Agent.State;
using Flotilla.Api.Sites;
using Flotilla.Content;
using Flotilla.Hub.Hosting;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Yaml;

namespace Flotilla.Agent.Tests.Program;

/// <summary>Real TLS on loopback against the real gateway, known by nothing but its token.</summary>
public sealed class HubTransportTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_alone_is_enough_to_know_the_hub_by_and_its_authority_is_kept()
    {
        await using var hub = await StartHubAsync();
        var token = await TokenAsync(hub);
        await using var state = new MemoryState(new MemoryContentStore(), "stream");
        using var transport = HubTransport.Create(hub.Gateway.Address, authority: null, token);
        Assert.Null(transport.Authority);
        await RunUntilEnrolledAsync(hub, transport, state, token);

        Assert.Equal("retail/store-1", state.Identity!.Site);
        Assert.Equal(hub.Keys.AuthorityPem.Trim(), state.Identity.Authority!.Trim());
        // From then on what was kept is enough.
        using var kept = new HttpMessageInvoker(HubTransport.Create(hub.Gateway.Address, state.Identity.Authority, token: null));
        using var response = await kept.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(hub.Gateway.Address, "/healthz")), Cancelled);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Another_hub_than_that_of_the_token_hears_nothing_of_it()
    {
        await using var hub = await StartHubAsync();
        await using var other = await StartHubAsync();
        using var transport = new HttpMessageInvoker(HubTransport.Create(other.Gateway.Address, authority: null, await TokenAsync(hub)));
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(transport, other.Gateway.Address));
        Assert.Contains("another authority", refused.Message, StringComparison.Ordinal);
        using var strict = new HttpMessageInvoker(HubTransport.Create(other.Gateway.Address, hub.Keys.AuthorityPem, token: null));
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(strict, other.Gateway.Address));
    }

    /// <summary>Somebody in between who shows the right authority, but holds no certificate of it.</summary>
    [Fact]
    public async Task Who_hands_out_the_right_authority_without_being_of_it_is_not_trusted()
    {
        await using var hub = await StartHubAsync();
        var token = await TokenAsync(hub);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        var serving = ImpersonateAsync(listener, hub.Keys.AuthorityPem);
        using var transport = new HttpMessageInvoker(HubTransport.Create(address, authority: null, token));
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(transport, address));
        Assert.Equal(HttpRequestError.SecureConnectionError, refused.HttpRequestError);
        await serving;
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("crew:p@ss", "crew:p%40ss@")]
    public async Task A_proxy_passes_on_what_it_cannot_read(string? password, string user)
    {
        await using var hub = await StartHubAsync();
        await using var proxy = new ConnectProxy(password);
        await using var state = new MemoryState(new MemoryContentStore(), "stream");
        var token = await TokenAsync(hub);
        // The token's way of trusting goes through it as well.
        using var transport = HubTransport.Create(hub.Gateway.Address, authority: null, token, HubProxy.Parse($"http://{user}{proxy.Authority}"));
        await RunUntilEnrolledAsync(hub, transport, state, token);
        Assert.Equal("retail/store-1", state.Identity!.Site);
        Assert.NotEmpty(proxy.Asked);
        Assert.All(proxy.Asked, line => Assert.Equal($"CONNECT {hub.Gateway.Address.Authority} HTTP/1.1", line));
    }

    [Fact]
    public async Task A_proxy_that_wants_a_password_or_is_not_there_is_named()
    {
        await using var hub = await StartHubAsync();
        string gone;
        await using (var proxy = new ConnectProxy("crew:secret"))
        {
            gone = proxy.Authority;
            using var refused = new HttpMessageInvoker(HubTransport.Create(hub.Gateway.Address, hub.Keys.AuthorityPem, null, HubProxy.Parse($"http://crew:wrong@{gone}")));
            Assert.Contains("407", (await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(refused, hub.Gateway.Address))).Message, StringComparison.Ordinal);
        }
        using var missing = new HttpMessageInvoker(HubTransport.Create(hub.Gateway.Address, hub.Keys.AuthorityPem, null, HubProxy.Parse($"http://{gone}")));
        Assert.Contains(gone, (await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(missing, hub.Gateway.Address))).Message, StringComparison.Ordinal);
        using var none = new HttpMessageInvoker(HubTransport.Create(hub.Gateway.Address, hub.Keys.AuthorityPem, null, HubProxy.Parse("none")));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(none, hub.Gateway.Address)).StatusCode);
        Assert.Throws<InvalidDataException>(() => HubProxy.Parse("proxy.example.com:3128"));
        Assert.DoesNotContain("secret", HubProxy.Parse("http://crew:secret@proxy.example.com:3128").ToString(), StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> GetAsync(HttpMessageInvoker http, Uri address) =>
        http.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(address, "/healthz")), Cancelled);

    private static async Task<HubHost> StartHubAsync()
    {
        var hub = await HubHost.StartAsync(new HubOptions { Online = false, Listen = new IPEndPoint(IPAddress.Loopback, 0) }, Cancelled);
        foreach (var yaml in new[] { "{apiVersion: v1, kind: Namespace, metadata: {name: retail}}", "{apiVersion: flotilla.dev/v1alpha1, kind: Site, metadata: {name: store-1, namespace: retail}, spec: {}}" })
        {
            foreach (var document in YamlReader.ReadAll(yaml))
                await hub.Api.ApplyAsync((System.Text.Json.Nodes.JsonObject)document.Content!, new ApplyOptions { FieldManager = "test" }, Cancelled);
        }
        return hub;
    }

    private static Task<string> TokenAsync(HubHost hub) => hub.NewTokenAsync(new SiteName("retail", "store-1"), Cancelled);

    private static async Task RunUntilEnrolledAsync(HubHost hub, HubTransport transport, MemoryState state, string token)
    {
        using var cluster = new KubernetesClient(hub.CreateApiHandler(), hub.Api.Server, TimeProvider.System);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        using var http = new HttpMessageInvoker(transport, disposeHandler: false);
        var agent = new SiteAgent(new SiteAgentOptions
        {
            Hub = http,
            HubAddress = hub.Gateway.Address,
            Cluster = cluster,
            State = state,
            Token = token,
            Authority = () => transport.Authority,
        });
        var running = agent.RunAsync(stop.Token);
        while (state.Identity is not { Site.Length: > 0 })
        {
            Cancelled.ThrowIfCancellationRequested();
            Assert.False(running.IsCompleted, "the agent ended");
            await Task.Yield();
        }
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Serves the authority once over a certificate of its own; the second handshake is the one that must fail.</summary>
    private static async Task ImpersonateAsync(TcpListener listener, string authority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var wish = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        wish.CertificateExtensions.Add(names.Build());
        using var certificate = wish.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        for (var i = 0; i < 2; i++)
        {
            using var client = await listener.AcceptTcpClientAsync(Cancelled);
            await using var tls = new SslStream(client.GetStream());
            try
            {
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, Cancelled);
                _ = await tls.ReadAsync(new byte[4096], Cancelled);
                await tls.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {authority.Length}\r\nConnection: close\r\n\r\n{authority}"), Cancelled);
            }
            catch (Exception e) when (i == 1 && e is IOException or AuthenticationException)
            {
                // Refused, as it should be.
            }
        }
    }
}
