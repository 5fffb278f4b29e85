using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Flotilla.ApiServer.Certificates;

namespace Flotilla.ApiServer.Tests.Certificates;

public sealed class ClusterCertificatesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("flotilla-certificates").FullName;

    [Fact]
    public void The_authority_and_the_token_key_survive_a_restart()
    {
        using var first = ClusterCertificates.Load(folder, TimeProvider.System);
        using var second = ClusterCertificates.Load(folder, TimeProvider.System);
        Assert.Equal(first.Authority.Thumbprint, second.Authority.Thumbprint);
        Assert.Equal(first.ServiceAccountKey.ExportSubjectPublicKeyInfo(), second.ServiceAccountKey.ExportSubjectPublicKeyInfo());
        Assert.InRange(second.Authority.NotAfter, DateTime.Now.AddYears(9), DateTime.Now.AddYears(11));
    }

    [Fact]
    public void A_first_start_makes_the_folder()
    {
        ClusterCertificates.Load(Path.Combine(folder, "a", "b"), TimeProvider.System).Dispose();
        Assert.True(File.Exists(Path.Combine(folder, "a", "b", ClusterCertificates.AuthorityFile)));
    }

    [Fact]
    public void Keys_are_readable_by_their_owner_only()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no modes here");
        using var keys = ClusterCertificates.Load(folder, TimeProvider.System);
        var files = Directory.GetFiles(folder);
        Assert.Equal(["ca.pem", "service-account.pem"], files.Select(f => Path.GetFileName(f)).Order());
        foreach (var file in files)
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(file));
    }

    [Theory]
    [InlineData("ca.pem")]
    [InlineData("service-account.pem")]
    public void A_damaged_file_is_named_and_left_alone(string name)
    {
        ClusterCertificates.Load(folder, TimeProvider.System).Dispose();
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, "-----BEGIN nonsense");
        var error = Assert.Throws<InvalidDataException>(() => ClusterCertificates.Load(folder, TimeProvider.System));
        Assert.Contains(path, error.Message);
        Assert.Equal("-----BEGIN nonsense", File.ReadAllText(path));
    }

    [Fact]
    public void An_expired_authority_is_refused()
    {
        ClusterCertificates.Load(folder, TimeProvider.System).Dispose();
        var later = new ShiftedTime { Ahead = TimeSpan.FromDays(3700) };
        Assert.Contains("expired", Assert.Throws<InvalidDataException>(() => ClusterCertificates.Load(folder, later)).Message);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("kubernetes.default.svc")]
    public void The_serving_certificate_is_good_for(string host)
    {
        using var keys = ClusterCertificates.InMemory(TimeProvider.System);
        Assert.True(keys.Serving.MatchesHostname(host));
        Assert.True(IsTrusted(keys.Serving, keys.Authority, CertificateSigning.ServerAuthentication));
        Assert.False(IsTrusted(keys.Serving, keys.Authority, CertificateSigning.ClientAuthentication));
    }

    [Fact]
    public void The_serving_certificate_is_renewed_before_it_gets_old()
    {
        var time = new ShiftedTime();
        using var keys = ClusterCertificates.InMemory(time);
        var first = keys.Serving;
        Assert.Same(first, keys.Serving);
        time.Ahead = TimeSpan.FromDays(300);
        var second = keys.Serving;
        Assert.NotEqual(first.SerialNumber, second.SerialNumber);
        Assert.True(second.NotAfter > first.NotAfter);
    }

    [Fact]
    public async Task A_TLS_client_that_trusts_the_authority_connects()
    {
        using var keys = ClusterCertificates.InMemory(TimeProvider.System);
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var cancel = TestContext.Current.CancellationToken;
        var serving = Task.Run(async () =>
        {
            using var accepted = await listener.AcceptTcpClientAsync(cancel);
            await using var stream = new SslStream(accepted.GetStream());
            await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = keys.Serving }, cancel);
        }, cancel);

        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync((IPEndPoint)listener.LocalEndpoint, cancel);
        await using var client = new SslStream(socket.GetStream());
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(X509Certificate2.CreateFromPem(keys.AuthorityPem));
        await client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = policy }, cancel);
        Assert.True(client.IsEncrypted);
        await serving;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static bool IsTrusted(X509Certificate2 certificate, X509Certificate2 authority, string usage)
    {
        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.ApplicationPolicy.Add(new(usage));
        return chain.Build(certificate);
    }
}
