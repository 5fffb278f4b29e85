using System.Diagnostics;

namespace Flotilla.Bench;

/// <summary>Notes when an answer with an envelope reaches a site. One for each site.</summary>
internal sealed class DeliveryClock(HttpMessageHandler inner, Action<object, long> delivered) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (request.RequestUri!.AbsolutePath != "/v1/sync")
            return response;
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        if (body.AsSpan().IndexOf("\"envelope\":{"u8) >= 0)
            delivered(this, Stopwatch.GetTimestamp());
        return response;
    }
}
