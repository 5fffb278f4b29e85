using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Flotilla.Kubernetes.Client;

namespace Flotilla.Kubernetes.Tests.Client;

public sealed class KubeconfigTests : IDisposable
{
    private const string Config = """
        apiVersion: v1
        kind: Config
        current-context: store
        clusters:
        - name: c
          cluster: { server: "https://10.0.0.1:6443/clusters/a" }
        users:
        - name: u
          user: { token: sesame }
        contexts:
        - name: store
          context: { cluster: c, user: u, namespace: tills }
        - name: nobody
          context: { cluster: c }
        """;

    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_current_context_is_taken_unless_another_is_named()
    {
        var endpoint = Kubeconfig.Parse(Config);
        Assert.Equal(("https://10.0.0.1:6443/clusters/a", "sesame", "tills"), (endpoint.Server.ToString(), endpoint.Token, endpoint.Namespace));
        var nobody = Kubeconfig.Parse(Config, "nobody");
        Assert.Equal((null, "default"), (nobody.Token, nobody.Namespace));
    }

    [Fact]
    public void Files_are_found_from_the_folder_of_the_kubeconfig()
    {
        var (certificate, key) = Pair();
        folder.Write("pki/ca.pem", certificate + certificate);
        folder.Write("pki/me.pem", certificate);
        folder.Write("pki/me.key", key);
        var path = folder.Write("config", """
            clusters:
            - name: c
              cluster: { server: "https://10.0.0.1", certificate-authority: pki/ca.pem, tls-server-name: kubernetes, proxy-url: "http://proxy:3128" }
            users:
            - name: u
              user: { client-certificate: pki/me.pem, client-key: pki/me.key, tokenFile: token }
            contexts:
            - name: x
              context: { cluster: c, user: u }
            """);
        var endpoint = Kubeconfig.Load(path, "x");
        Assert.Equal(2, endpoint.Authorities!.Count);
        Assert.True(endpoint.ClientCertificate!.HasPrivateKey);
        Assert.Equal(Path.Combine(folder.Path, "token"), endpoint.TokenFile);
        Assert.Equal(("kubernetes", "http://proxy:3128/"), (endpoint.TlsServerName, endpoint.Proxy!.ToString()));
    }

    [Fact]
    public void Data_within_the_file_comes_before_files_and_tokens_before_token_files()
    {
        var (certificate, key) = Pair();
        string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));
        var endpoint = Kubeconfig.Parse($$"""
            current-context: x
            clusters: [{ name: c, cluster: { server: "https://h", certificate-authority-data: "{{Base64(certificate)}}", certificate-authority: /nowhere } }]
            users: [{ name: u, user: { client-certificate-data: "{{Base64(certificate)}}", client-key-data: "{{Base64(key)}}", token: t, tokenFile: /nowhere } }]
            contexts: [{ name: x, context: { cluster: c, user: u } }]
            """);
        Assert.Single(endpoint.Authorities!);
        Assert.NotNull(endpoint.ClientCertificate);
        Assert.Equal(("t", null), (endpoint.Token, endpoint.TokenFile));
    }

    [Fact]
    public void Of_several_files_the_first_to_say_something_counts()
    {
        var first = folder.Write("first", """
            contexts: [{ name: both, context: { cluster: a, user: u } }]
            clusters: [{ name: a, cluster: { server: "https://first" } }]
            """);
        var second = folder.Write("second", """
            current-context: both
            contexts: [{ name: both, context: { cluster: other } }]
            clusters: [{ name: a, cluster: { server: "https://second" } }]
            users: [{ name: u, user: { token: from-second } }]
            """);
        var before = Environment.GetEnvironmentVariable("KUBECONFIG");
        Environment.SetEnvironmentVariable("KUBECONFIG", string.Join(Path.PathSeparator, Path.Combine(folder.Path, "missing"), first, second));
        try
        {
            var endpoint = Kubeconfig.Load();
            Assert.Equal(("https://first/", "from-second"), (endpoint.Server.ToString(), endpoint.Token));
        }
        finally
        {
            Environment.SetEnvironmentVariable("KUBECONFIG", before);
        }
    }

    [Theory]
    [InlineData("{}", null, "current-context: is not set")]
    [InlineData("current-context: x", null, "contexts: there is no context \"x\"; choose one of (there are none)")]
    [InlineData("""{"contexts":[{"name":"x","context":{"cluster":"c"}}]}""", "x", "contexts[0].context.cluster: there is no cluster \"c\"")]
    [InlineData("""{"contexts":[{"name":"x","context":{"cluster":"c"}}],"clusters":[{"name":"c","cluster":{}}]}""", "x", "clusters[0].cluster.server: is missing")]
    [InlineData("""{"contexts":[{"name":"x","context":{"cluster":"c"}}],"clusters":[{"name":"c","cluster":{"server":"10.0.0.1"}}]}""", "x", "clusters[0].cluster.server: \"10.0.0.1\" is no address")]
    [InlineData("""{"contexts":[{"name":"x","context":{"cluster":"c","user":"u"}}],"clusters":[{"name":"c","cluster":{"server":"https://h"}}]}""", "x", "contexts[0].context.user: there is no user \"u\"")]
    [InlineData("""{"contexts":[{}]}""", null, "contexts[0].name: is missing")]
    [InlineData("kind: Pod", null, "is no kubeconfig")]
    [InlineData("a: [", null, "line 1")]
    public void What_is_wrong_is_named_with_its_field(string text, string? context, string expected) =>
        Assert.Contains(expected, Assert.Throws<EndpointException>(() => Kubeconfig.Parse(text, context)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("cluster", "certificate-authority-data: '***'", "clusters[0].cluster.certificate-authority-data: is no base64")]
    [InlineData("cluster", "certificate-authority-data: aGVsbG8=", "clusters[0].cluster.certificate-authority-data: holds no certificates")]
    [InlineData("cluster", "certificate-authority: /nowhere/ca", "clusters[0].cluster.certificate-authority: /nowhere/ca cannot be read")]
    [InlineData("cluster", "insecure-skip-tls-verify: 'yes'", "clusters[0].cluster.insecure-skip-tls-verify: must be true or false")]
    [InlineData("cluster", "proxy-url: ftp://x", "clusters[0].cluster.proxy-url: \"ftp://x\" is no address")]
    [InlineData("user", "auth-provider: { name: gcp }", "users[0].user.auth-provider: Kubernetes itself dropped these")]
    [InlineData("user", "username: admin", "users[0].user.username: Kubernetes dropped passwords")]
    [InlineData("user", "token: 12", "users[0].user.token: must be a string")]
    [InlineData("user", "client-key-data: aGVsbG8=", "users[0].user.client-certificate: is missing")]
    [InlineData("user", "client-certificate-data: aGVsbG8=", "users[0].user.client-key: is missing")]
    [InlineData("user", "exec: { command: x }", "users[0].user.exec.apiVersion: is missing")]
    [InlineData("user", "exec: { command: x, apiVersion: client.authentication.k8s.io/v1alpha1 }", "users[0].user.exec.apiVersion: \"client.authentication.k8s.io/v1alpha1\" is not known")]
    [InlineData("user", "exec: { apiVersion: client.authentication.k8s.io/v1 }", "users[0].user.exec.command: is missing")]
    public void A_wrong_field_is_told_with_file_and_remedy(string where, string line, string expected)
    {
        var path = folder.Write("config", $$"""
            current-context: x
            clusters: [{ name: c, cluster: { server: "https://h", {{(where == "cluster" ? line : "")}} } }]
            users: [{ name: u, user: { {{(where == "user" ? line : "")}} } }]
            contexts: [{ name: x, context: { cluster: c, user: u } }]
            """);
        var failure = Assert.Throws<EndpointException>(() => Kubeconfig.Load(path));
        Assert.StartsWith($"{path}: {expected}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_said_to_be_missing()
    {
        var failure = Assert.Throws<EndpointException>(() => Kubeconfig.Load(Path.Combine(folder.Path, "none")));
        Assert.Contains(Path.Combine(folder.Path, "none"), failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.96.0.1", "443", "https://10.96.0.1/")]
    [InlineData("fd00::1", "6443", "https://[fd00::1]:6443/")]
    public void A_pod_finds_its_cluster(string host, string port, string server)
    {
        folder.Write("token", "t\n");
        folder.Write("ca.crt", Pair().Certificate);
        folder.Write("namespace", "flotilla-system");
        var endpoint = InCluster.Load(folder.Path, host, port);
        Assert.Equal((server, "flotilla-system", Path.Combine(folder.Path, "token")), (endpoint.Server.ToString(), endpoint.Namespace, endpoint.TokenFile));
        Assert.Single(endpoint.Authorities!);
    }

    [Theory]
    [InlineData(null, "443", "KUBERNETES_SERVICE_HOST")]
    [InlineData("10.96.0.1", "443", "token")]
    public void Outside_of_a_pod_the_message_says_what_is_missing(string? host, string port, string expected) =>
        Assert.Contains(expected, Assert.Throws<EndpointException>(() => InCluster.Load(folder.Path, host, port)).Message, StringComparison.Ordinal);

    internal static (string Certificate, string Key) Pair()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return (certificate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }
}
