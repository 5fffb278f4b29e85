using System.Diagnostics.Metrics;

namespace Flotilla.Bench;

/// <summary>Counts requests of this process that were answered, as the runtime's own meter tells them; watches come when they end.</summary>
internal sealed class RequestCount : IDisposable
{
    private readonly MeterListener listener = new();
    private int all, writes;

    public RequestCount()
    {
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "http.client.request.duration")
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            Interlocked.Increment(ref all);
            foreach (var (key, value) in tags)
            {
                if (key == "http.request.method" && value is not "GET")
                    Interlocked.Increment(ref writes);
            }
        });
        listener.Start();
    }

    public int All => Volatile.Read(ref all);

    public int Writes => Volatile.Read(ref writes);

    public void Reset() => all = writes = 0;

    public void Dispose() => listener.Dispose();
}
