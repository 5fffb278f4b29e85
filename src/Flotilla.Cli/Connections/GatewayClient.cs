using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Core.Rollouts.Forecasts;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Connections;

/// <summary>The hub's gateway for people: journals, reports, uploads, enrolment tokens. Signs in with the token of the Kubernetes API.</summary>
internal sealed class GatewayClient : IDisposable
{
    private const int PageSize = 500;

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
    public Task<JsonNode?> GetAsync(string path, CancellationToken cancellation) => SendJsonAsync(HttpMethod.Get, path, null, cancellation);

    /// <summary>A JSON document; null when the hub has none of it yet.</summary>
    /// <exception cref="CommandException">The gateway refused, or cannot be reached.</exception>
    public async Task<JsonNode?> FindAsync(string path, CancellationToken cancellation)
    {
        using var response = await SendAsync(HttpMethod.Get, path, null, cancellation);
        var answer = await response.Content.ReadAsByteArrayAsync(cancellation);
        return response.StatusCode == HttpStatusCode.NotFound ? null
            : response.IsSuccessStatusCode ? JsonText.Parse(answer)
            : throw Refusal(response, answer);
    }

    /// <summary>The story of a rollout from a line on, with the number of each line; empty when the hub keeps nothing of it.</summary>
    /// <exception cref="CommandException">The gateway refused, or cannot be reached.</exception>
    public async IAsyncEnumerable<(long Number, JsonObject Line)> RolloutStoryAsync(
        string ns, string rollout, long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            var query = string.Create(CultureInfo.InvariantCulture, $"?after={after}&limit={PageSize}");
            var lines = (await FindAsync($"{PathOf(ns, rollout)}/story{query}", cancellation)).Array("lines") ?? [];
            foreach (var line in lines)
            {
                after = line.Member("number").AsInt64OrNull() ?? throw new CommandException("the hub's gateway sent a line of a story without its number: is it of another version?");
                yield return (after, line.Object("line") ?? []);
            }
            if (lines.Count < PageSize)
                yield break;
        }
    }

    /// <summary>A rollout (<c>rollout</c>) and its sites (<c>sites</c>) as the hub has them; null when it keeps nothing of it.</summary>
    /// <exception cref="CommandException">The gateway refused, or cannot be reached.</exception>
    public async Task<JsonObject?> RolloutSitesAsync(string ns, string rollout, CancellationToken cancellation) =>
        await FindAsync($"{PathOf(ns, rollout)}/sites", cancellation) as JsonObject;

    /// <summary>The forecast of a rollout as the hub makes it now; null when it makes none.</summary>
    /// <exception cref="CommandException">The gateway refused, or cannot be reached.</exception>
    public async Task<Forecast?> RolloutForecastAsync(string ns, string rollout, CancellationToken cancellation) =>
        (await FindAsync($"{PathOf(ns, rollout)}/forecast", cancellation)).Deserialize(ForecastJson.Default.Forecast);

    /// <summary>Posts a body; the answer is a JSON document.</summary>
    /// <exception cref="CommandException">The gateway refused, or cannot be reached.</exception>
    public Task<JsonNode?> PostAsync(string path, HttpContent? body, CancellationToken cancellation) => SendJsonAsync(HttpMethod.Post, path, body, cancellation);

    /// <summary>Content by its digest; null when the hub has none.</summary>
    /// <exception cref="CommandException">The gateway refused, cannot be reached, or sent something else.</exception>
    public async Task<byte[]?> ContentAsync(string digest, CancellationToken cancellation)
    {
        using var response = await SendAsync(HttpMethod.Get, $"/v2/content/blobs/{digest}", null, cancellation);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellation);
        if (!response.IsSuccessStatusCode)
            throw Refusal(response, bytes);
        return digest == "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes)) ? bytes
            : throw new CommandException($"the hub sent something else as {digest}: something between here and there changes content");
    }

    public void Dispose() => http.Dispose();

    private static string PathOf(string ns, string rollout) => $"/v1/namespaces/{ns}/rollouts/{rollout}";

    private async Task<JsonNode?> SendJsonAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancellation)
    {
        using var response = await SendAsync(method, path, body, cancellation);
        var answer = await response.Content.ReadAsByteArrayAsync(cancellation);
        if (!response.IsSuccessStatusCode)
            throw Refusal(response, answer);
        return answer.Length == 0 ? null : JsonText.Parse(answer);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body };
        try
        {
            return await http.SendAsync(request, cancellation);
        }
        catch (HttpRequestException e)
        {
            throw new CommandException($"the hub's gateway at {http.BaseAddress} cannot be reached: {e.Message}\nIs the hub running, and can this machine reach that address?", inner: e);
        }
    }

    private static CommandException Refusal(HttpResponseMessage response, byte[] answer) => new(Status(answer) is { } told
        ? $"the hub refused: {told.Message}"
        : $"the hub's gateway answered {(int)response.StatusCode} to {response.RequestMessage?.Method} {response.RequestMessage?.RequestUri?.AbsolutePath}");

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
