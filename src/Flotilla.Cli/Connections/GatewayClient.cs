using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Connections;

/// <summary>The hub's gateway for people: journals, reports, uploads, enrolment tokens. Signs in with the token of the Kubernetes API.</summary>
internal sealed class GatewayClient : IDisposable
{
    private readonly HttpClient http;

    public GatewayClient(Uri address, string? authority, string token)
    {
        var handler = new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All, ConnectTimeout = TimeSpan.FromSeconds(10) };
        if (authority is not null)
        {
            var roots = new X509Certificate2Collection();
            roots.ImportFromPem(authority);
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
        }
        http = new HttpClient(handler) { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>A JSON document.</summary>
    /// <exception cref="CommandException">The gateway refused, or cannot be reached.</exception>
    public Task<JsonNode?> GetAsync(string path, CancellationToken cancellation) => SendAsync(HttpMethod.Get, path, null, cancellation);

    /// <summary>Posts a body; the answer is a JSON document.</summary>
    /// <exception cref="CommandException">The gateway refused, or cannot be reached.</exception>
    public Task<JsonNode?> PostAsync(string path, HttpContent? body, CancellationToken cancellation) => SendAsync(HttpMethod.Post, path, body, cancellation);

    public void Dispose() => http.Dispose();

    private async Task<JsonNode?> SendAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body };
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, cancellation);
        }
        catch (HttpRequestException e)
        {
            throw new CommandException($"the hub's gateway at {http.BaseAddress} cannot be reached: {e.Message}", inner: e);
        }
        using (response)
        {
            var answer = await response.Content.ReadAsByteArrayAsync(cancellation);
            if (response.IsSuccessStatusCode)
                return answer.Length == 0 ? null : JsonText.Parse(answer);
            var status = Status(answer);
            throw new CommandException(status is { } told
                ? $"the hub refused: {told.Message}"
                : $"the hub's gateway answered {(int)response.StatusCode} to {method} {path}");
        }
    }

    private static ApiStatus? Status(byte[] answer)
    {
        try
        {
            return ApiStatus.FromJson(JsonText.Parse(answer));
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
