namespace Flotilla.Agent.Tests.Sites;

/// <summary>Goes at the n-th write, just before it is done or just after; from then on nothing is written or sent any more.</summary>
internal sealed class Power(int goesAt, bool written)
{
    public const string Gone = "the power is gone";

    private int writes;

    public bool IsGone => Volatile.Read(ref writes) >= goesAt;

    public async ValueTask WriteAsync(Func<ValueTask> write)
    {
        var number = Interlocked.Increment(ref writes);
        if (number > goesAt || (number == goesAt && !written))
            throw new IOException(Gone);
        await write();
        if (number == goesAt)
            throw new IOException(Gone);
    }

    /// <summary>A wire to a cluster whose writes count, too.</summary>
    public HttpMessageHandler Wire(HttpMessageHandler inner) => new PoweredWire(this, inner);

    private sealed class PoweredWire(Power power, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method == HttpMethod.Get)
                return power.IsGone ? throw new IOException(Gone) : await base.SendAsync(request, cancellationToken);
            HttpResponseMessage? answer = null;
            await power.WriteAsync(async () => answer = await base.SendAsync(request, cancellationToken));
            return answer!;
        }
    }
}
