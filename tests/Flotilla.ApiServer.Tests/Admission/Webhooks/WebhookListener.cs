using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Certificates;
using Flotilla.Kubernetes.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Flotilla.ApiServer.Tests.Admission.Webhooks;

/// <summary>A real webhook: HTTPS on loopback, answers by path, remembers what it was asked.</summary>
internal sealed class WebhookListener : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ClusterCertificates keys = ClusterCertificates.InMemory(TimeProvider.System);
    private readonly ConcurrentDictionary<string, Func<JsonObject, CancellationToken, Task<object>>> answers = new();

    private WebhookListener()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.UseHttps(keys.Serving);
        }));
        app = builder.Build();
        app.Run(HandleAsync);
    }

    public int Port { get; private set; }

    public string CaBundle => Convert.ToBase64String(Encoding.ASCII.GetBytes(keys.AuthorityPem));

    public string ServingBundle => Convert.ToBase64String(Encoding.ASCII.GetBytes(keys.Serving.ExportCertificatePem()));

    /// <summary>All questions with the path and query they came to.</summary>
    public ConcurrentQueue<(string Path, JsonObject Review)> Asked { get; } = new();

    public static async Task<WebhookListener> StartAsync(CancellationToken cancellation)
    {
        var listener = new WebhookListener();
        await listener.app.StartAsync(cancellation);
        listener.Port = new Uri(listener.app.Urls.Single()).Port;
        return listener;
    }

    public string Url(string path) => $"https://127.0.0.1:{Port}{path}";

    /// <summary>Lets a path answer with a response (the uid is filled in), given as JSON.</summary>
    public WebhookListener On(string path, string response) => On(path, review => (JsonObject)JsonNode.Parse(response)!);

    public WebhookListener On(string path, Func<JsonObject, JsonObject> respond)
    {
        answers[path] = (review, _) =>
        {
            var response = respond(review);
            response.TryAdd("uid", review.Object("request").String("uid"));
            return Task.FromResult<object>(new JsonObject { ["kind"] = "AdmissionReview", ["apiVersion"] = review.String("apiVersion"), ["response"] = response });
        };
        return this;
    }

    public WebhookListener Raw(string path, int status, string body)
    {
        answers[path] = (_, _) => Task.FromResult<object>((status, body));
        return this;
    }

    /// <summary>Lets a path answer only when the caller has gone.</summary>
    public WebhookListener Never(string path)
    {
        answers[path] = async (_, aborted) =>
        {
            await Task.Delay(Timeout.Infinite, aborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return (200, "");
        };
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        keys.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var review = (JsonObject)JsonText.Parse(body.ToArray())!;
        Asked.Enqueue(($"{context.Request.Path}{context.Request.QueryString}", review));
        switch (await answers[context.Request.Path](review, context.RequestAborted))
        {
            case JsonObject answer:
                await context.Response.Body.WriteAsync(JsonText.ToUtf8(answer), context.RequestAborted);
                break;
            case (int status, string text):
                context.Response.StatusCode = status;
                await context.Response.WriteAsync(text, context.RequestAborted);
                break;
        }
    }
}
