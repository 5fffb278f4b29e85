using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Flotilla.Hub.Tests.Gateway;

/// <summary>The same over sockets and TLS.</summary>
public sealed class WireTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Sites_connect_with_the_hubs_authority_alone(string version)
    {
        await using var ground = await GatewayGround.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), new Uri("https://hub.example.com"));
        var port = ground.Gateway.ListensAt!.Port;
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, c) =>
            {
                var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, port, c);
                return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                    IsTrusted((X509Certificate2)certificate!, ground.Keys.AuthorityPem) && !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch),
            },
        })
        { DefaultRequestVersion = new Version(version), DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        Assert.Equal("ok", await client.GetStringAsync(new Uri("https://hub.example.com/readyz"), Cancellation));
    }

    private static bool IsTrusted(X509Certificate2 certificate, string authorityPem)
    {
        using var chain = new X509Chain();
        using var authority = X509Certificate2.CreateFromPem(authorityPem);
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = new DateTime(2026, 1, 1, 1, 0, 0, DateTimeKind.Utc);
        return chain.Build(certificate);
    }
}
