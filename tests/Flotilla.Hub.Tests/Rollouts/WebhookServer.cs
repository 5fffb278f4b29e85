using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Flotilla.Hub.Rollouts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Flotilla.Hub.Tests.Rollouts;

/// <summary>Somebody's HTTP server on this host, which takes what webhooks send.</summary>
internal sealed class WebhookServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Channel<Call> calls = Channel.CreateUnbounded<Call>();

    private WebhookServer(WebApplication app) => this.app = app;

    /// <summary>What it answers.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = _ => Task.CompletedTask;

    public string Address => app.Urls.Single();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<WebhookServer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var server = new WebhookServer(builder.Build());
        server.app.Run(server.TakeAsync);
        await server.app.StartAsync(Cancellation);
        return server;
    }

    /// <summary>The next call.</summary>
    public async Task<Call> NextAsync() => await calls.Reader.ReadAsync(Cancellation);

    /// <summary>A call that came already; null for none.</summary>
    public Call? TryNext() => calls.Reader.TryRead(out var call) ? call : null;

    public void Say(int status, string body) => Answer = http =>
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsync(body, http.RequestAborted);
    };

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        calls.Writer.TryWrite(new Call(
            http.Request.Method, http.Request.Path, http.Request.ContentType, http.Request.Headers[RolloutHooks.Signature], body.ToArray()));
        await Answer(http);
    }

    internal sealed record Call(string Method, string Path, string? ContentType, string? Signature, byte[] Body)
    {
        public JsonObject Json => JsonNode.Parse(Body)!.AsObject();

        /// <summary>What whoever is called does to know who calls.</summary>
        public bool IsSignedWith(string key) => Signature == "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Body));
    }
}
