using System.Net;
using System.Security.Cryptography;
using System.Text;
using Flotilla.Hub.Rollouts;

namespace Flotilla.Hub.Tests.Rollouts;

public sealed class RolloutHooksTests
{
    private static readonly byte[] Body = "{}"u8.ToArray();

    [Fact]
    public async Task The_body_is_signed_with_the_declared_key()
    {
        var key = Encoding.UTF8.GetBytes("sesame");
        using var wire = new Wire(HttpStatusCode.OK, """{"allow":true}""");
        var hooks = new RolloutHooks(new HttpMessageInvoker(wire), name => name.Name == "hook" ? new HookSecret(new Dictionary<string, byte[]> { ["key"] = key }) : null, TimeProvider.System);

        var answer = await PostAsync(hooks, "https://gate.example/ask", ("hook", "key"));

        Assert.Equal("""{"allow":true}""", Encoding.UTF8.GetString(answer));
        Assert.Equal("sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(key, Body)), wire.Signature);
    }

    [Theory]
    [InlineData("https://[", null, "is no address")]
    [InlineData("https://gate.example", "missing", "there is no Secret missing")]
    [InlineData("https://gate.example", null, "it answered 500")]
    public async Task What_cannot_be_asked_says_why(string url, string? secret, string why)
    {
        using var wire = new Wire(HttpStatusCode.InternalServerError, "");
        var hooks = new RolloutHooks(new HttpMessageInvoker(wire), _ => null, TimeProvider.System);

        var refusal = await Assert.ThrowsAsync<RolloutHookException>(() => PostAsync(hooks, url, secret is null ? null : (secret, "key")));

        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
    }

    private static Task<byte[]> PostAsync(RolloutHooks hooks, string url, (string, string)? key) =>
        hooks.PostAsync("retail", url, key, Body, "application/json", TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

    private sealed class Wire(HttpStatusCode code, string answer) : HttpMessageHandler
    {
        public string? Signature { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Signature = request.Headers.TryGetValues(RolloutHooks.Signature, out var values) ? values.Single() : null;
            return Task.FromResult(new HttpResponseMessage(code) { Content = new StringContent(answer) });
        }
    }
}
