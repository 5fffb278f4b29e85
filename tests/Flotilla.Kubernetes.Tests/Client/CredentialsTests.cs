using Flotilla.Kubernetes.Client;
using Flotilla.TestKit;

namespace Flotilla.Kubernetes.Tests.Client;

public sealed class CredentialsTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly ManualTime time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_token_file_is_read_again_each_minute_and_after_a_refusal()
    {
        var file = folder.Write("token", "first\n");
        using var credentials = Credentials.Of(new KubernetesEndpoint { Server = FakeWire.Server, TokenFile = file }, time);
        Assert.Equal("first", await credentials.BearerAsync(Cancellation));
        folder.Write("token", "second\n");
        Assert.Equal("first", await credentials.BearerAsync(Cancellation));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("second", await credentials.BearerAsync(Cancellation));
        folder.Write("token", "third\n");
        credentials.Refused();
        Assert.Equal("third", await credentials.BearerAsync(Cancellation));
        File.Delete(file);
        credentials.Refused();
        Assert.Equal("third", await credentials.BearerAsync(Cancellation));
    }

    [Fact]
    public async Task A_program_is_asked_once_until_its_token_expires_or_is_refused()
    {
        using var credentials = Credentials.Of(Endpoint("""
            echo run >> "$RUNS"
            echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"'$(wc -l < "$RUNS" | tr -d ' ')'","expirationTimestamp":"2026-01-01T01:00:00Z"}}'
            """), time);
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => credentials.BearerAsync(Cancellation).AsTask()));
        Assert.All(answers, token => Assert.Equal("1", token));
        time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal("1", await credentials.BearerAsync(Cancellation));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("2", await credentials.BearerAsync(Cancellation));
        credentials.Refused();
        Assert.Equal("3", await credentials.BearerAsync(Cancellation));
    }

    [Fact]
    public async Task A_program_is_told_about_the_cluster_and_may_give_a_certificate()
    {
        var (certificate, key) = KubeconfigTests.Pair();
        var output = folder.Write("out.json", new System.Text.Json.Nodes.JsonObject
        {
            ["kind"] = "ExecCredential",
            ["apiVersion"] = "client.authentication.k8s.io/v1",
            ["status"] = new System.Text.Json.Nodes.JsonObject { ["clientCertificateData"] = certificate, ["clientKeyData"] = key },
        }.ToJsonString());
        using var credentials = Credentials.Of(Endpoint($"""
            printf '%s' "$KUBERNETES_EXEC_INFO" > "$RUNS"
            cat {output}
            """, plugin => plugin with { ProvideClusterInfo = true }), time);
        Assert.Null(await credentials.BearerAsync(Cancellation));
        Assert.True(credentials.Certificate!.HasPrivateKey);
        Assert.Equal(
            """{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false,"cluster":{"server":"https://fake.test"}}}""",
            await File.ReadAllTextAsync(Path.Combine(folder.Path, "runs"), Cancellation));
    }

    [Theory]
    [InlineData("echo 'who are you?' >&2; exit 3", "ended with code 3: who are you?; run it by hand")]
    [InlineData("echo hello", "wrote no JSON")]
    [InlineData("echo '{\"kind\":\"Status\",\"apiVersion\":\"v1\"}'", "wrote v1 Status instead of client.authentication.k8s.io/v1 ExecCredential")]
    [InlineData("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{}}'", "wrote neither status.token nor")]
    [InlineData("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{\"token\":\"t\",\"expirationTimestamp\":\"soon\"}}'", "\"soon\" is no time")]
    public async Task What_a_program_does_wrong_is_told(string script, string expected)
    {
        using var credentials = Credentials.Of(Endpoint(script), time);
        var failure = await Assert.ThrowsAsync<EndpointException>(async () => await credentials.BearerAsync(Cancellation));
        Assert.StartsWith("config: users[0].user.exec.command: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_is_not_there_brings_its_install_hint()
    {
        var plugin = new ExecPlugin("/nowhere/sign-in") { InstallHint = "get it from the cloud", Origin = "config: users[0].user.exec" };
        using var credentials = Credentials.Of(new KubernetesEndpoint { Server = FakeWire.Server, SignIn = plugin }, time);
        var failure = await Assert.ThrowsAsync<EndpointException>(async () => await credentials.BearerAsync(Cancellation));
        Assert.EndsWith("get it from the cloud", failure.Message, StringComparison.Ordinal);
    }

    private KubernetesEndpoint Endpoint(string script, Func<ExecPlugin, ExecPlugin>? with = null)
    {
        var plugin = new ExecPlugin("sh")
        {
            Arguments = ["-c", script],
            Environment = new Dictionary<string, string> { ["RUNS"] = Path.Combine(folder.Path, "runs") },
            Origin = "config: users[0].user.exec",
        };
        return new KubernetesEndpoint { Server = FakeWire.Server, SignIn = with?.Invoke(plugin) ?? plugin };
    }
}
