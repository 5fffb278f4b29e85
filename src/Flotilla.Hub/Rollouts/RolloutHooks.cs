using System.Net.Http.Headers;
using System.Security.Cryptography;
using Flotilla.Kubernetes.Client;

namespace Flotilla.Hub.Rollouts;

/// <summary>Calls webhooks: POST, the body signed with HMAC-SHA256 in <c>X-Flotilla-Signature</c> when a key is declared.</summary>
/// <param name="web">The way to the web; null where there is none.</param>
/// <param name="secret">Secrets that may be signed with.</param>
internal sealed class RolloutHooks(HttpMessageInvoker? web, Func<ObjectKey, HookSecret?> secret, TimeProvider time)
{
    public const string Signature = "X-Flotilla-Signature";
    private const int LongestAnswer = 64 * 1024;

    /// <summary>Sends, and reads the answer.</summary>
    /// <exception cref="RolloutHookException">There was no good answer; the message says why.</exception>
    public async Task<byte[]> PostAsync(
        string ns, string url, (string Name, string Key)? key, byte[] body, string mediaType, TimeSpan timeout, CancellationToken cancellation)
    {
        if (web is null)
            throw new RolloutHookException("this hub has no way to the web");
        // What the definitions let by need not be an address, and must not stop who asks.
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp))
            throw new RolloutHookException($"{url} is no address");
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        if (key is var (name, entry))
        {
            if (secret(new ObjectKey(ns, name))?.Data.GetValueOrDefault(entry) is not { } bytes)
                throw new RolloutHookException($"there is no Secret {name} with a key {entry} that has the label {HookSecret.Label}");
            request.Headers.Add(Signature, "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(bytes, body)));
        }
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var timer = time.CreateTimer(static s => ((CancellationTokenSource)s!).Cancel(), stop, timeout, Timeout.InfiniteTimeSpan);
        try
        {
            using var response = await web.SendAsync(request, stop.Token);
            if (!response.IsSuccessStatusCode)
                throw new RolloutHookException($"it answered {(int)response.StatusCode}{((int)response.StatusCode is >= 300 and < 400 ? ", and redirects are not followed" : "")}");
            await using var stream = await response.Content.ReadAsStreamAsync(stop.Token);
            var buffer = new byte[LongestAnswer];
            var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, stop.Token);
            return buffer[..length];
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new RolloutHookException($"it did not answer within {timeout.TotalSeconds:0.#} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new RolloutHookException(e.Message);
        }
    }
}

/// <summary>A webhook that gave no good answer.</summary>
internal sealed class RolloutHookException(string message) : Exception(message);
