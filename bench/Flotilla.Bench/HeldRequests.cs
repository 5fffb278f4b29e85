using System.Net;

namespace Flotilla.Bench;

/// <summary>Counts requests that are with the hub: sent as a whole, over a connection that stands, and not answered.</summary>
internal sealed class HeldRequests
{
    private int count;

    public int Count => Volatile.Read(ref count);

    /// <summary>A transport whose requests are counted.</summary>
    /// <param name="inner">Does the work.</param>
    /// <param name="ended">Told when a request ended, however.</param>
    public HttpMessageHandler Around(HttpMessageHandler inner, Action ended) => new Counting(this, inner, ended);

    private sealed class Counting(HeldRequests owner, HttpMessageHandler inner, Action ended) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var sent = 0;
            if (request.Content is { } content)
                request.Content = new Told(content, () => Interlocked.Add(ref owner.count, 1 - Interlocked.Exchange(ref sent, 1)));
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            finally
            {
                Interlocked.Add(ref owner.count, -Interlocked.Exchange(ref sent, 1));
                ended();
            }
        }
    }

    /// <summary>Tells when it was written to a connection.</summary>
    private sealed class Told : HttpContent
    {
        private readonly HttpContent inner;
        private readonly Action written;

        public Told(HttpContent inner, Action written)
        {
            (this.inner, this.written) = (inner, written);
            foreach (var (name, values) in inner.Headers)
                Headers.TryAddWithoutValidation(name, values);
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await inner.CopyToAsync(stream, context, cancellationToken);
            written();
        }

        protected override bool TryComputeLength(out long length) => (length = inner.Headers.ContentLength ?? -1) >= 0;

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
