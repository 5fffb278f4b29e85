using System.Net;
using System.Net.Sockets;

namespace Flotilla.Bench;

/// <summary>Counts requests that are with the hub: sent as a whole, over a connection that stands, and not answered.</summary>
internal sealed class HeldRequests
{
    private int count, unheard, cut, busy, refused;

    public int Count => Volatile.Read(ref count);

    /// <summary>What became of tries that brought nothing, in words.</summary>
    public string Troubles => $"{Volatile.Read(ref busy):N0} tries were told to come later, {Volatile.Read(ref cut):N0} cut or out of time, {Volatile.Read(ref unheard):N0} found nobody listening";

    /// <summary>Tries of sites that are what they say, and were told that they are not, or that they may not.</summary>
    public int Refused => Volatile.Read(ref refused);

    /// <summary>Counts tries that brought nothing anew.</summary>
    public void ForgetTroubles() => unheard = cut = busy = refused = 0;

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
                var answer = await base.SendAsync(request, cancellationToken);
                if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
                    Interlocked.Increment(ref owner.busy);
                else if ((int)answer.StatusCode is >= 400 and < 500)
                    Interlocked.Increment(ref owner.refused);
                return answer;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                if (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
                    Interlocked.Increment(ref owner.unheard);
                else
                    Interlocked.Increment(ref owner.cut);
                throw;
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
