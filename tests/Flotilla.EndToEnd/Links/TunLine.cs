using System.Diagnostics;

namespace Flotilla.EndToEnd.Links;

/// <summary>
/// A line whose packets pass through this process: real IP, real TCP on both ends, and everything that netem does where the kernel lacks it.
/// Each direction is one thread that waits for packets or for the time of the next one that is under way.
/// </summary>
internal sealed class TunLine : ILine
{
    private const int LongestWait = 100;
    private readonly TunDevice[] ends;
    private readonly LineQuality quality;
    private readonly long started = Stopwatch.GetTimestamp();
    private readonly Thread[] threads;
    private volatile bool stopping;
    private long bytes;
    private long lost;

    private TunLine(TunDevice[] ends, LineQuality quality)
    {
        this.ends = ends;
        this.quality = quality;
        threads = [new(() => Pass(ends[0], ends[1], 1)), new(() => Pass(ends[1], ends[0], 2))];
        foreach (var thread in threads)
            thread.Start();
    }

    public string Kind => $"packets passed by hand over TUN devices, {Interlocked.Read(ref lost)} lost";

    /// <param name="first">Gets 10.77.0.1.</param>
    /// <param name="second">Gets 10.77.0.2.</param>
    public static async Task<TunLine> LayAsync(NetworkNamespace first, NetworkNamespace second, LineQuality quality, CancellationToken cancellation)
    {
        var ends = new List<TunDevice>();
        try
        {
            foreach (var (network, own, other) in new[] { (first, "10.77.0.1", "10.77.0.2"), (second, "10.77.0.2", "10.77.0.1") })
            {
                var name = $"fl{Environment.ProcessId % 100_000}-{ends.Count}";
                ends.Add(new TunDevice(name));
                await new TestKit.Tool("ip").RunAsync(cancellation, "link", "set", name, "netns", network.Name);
                await network.RunAsync(cancellation, "ip", "address", "add", own, "peer", other, "dev", name);
                await network.RunAsync(cancellation, "ip", "link", "set", name, "mtu", "1400", "up");
            }
            return new TunLine([.. ends], quality);
        }
        catch
        {
            ends.ForEach(end => end.Dispose());
            throw;
        }
    }

    public Task<long> BytesAsync(CancellationToken cancellation) => Task.FromResult(Interlocked.Read(ref bytes));

    public ValueTask DisposeAsync()
    {
        stopping = true;
        foreach (var thread in threads)
            thread.Join();
        foreach (var end in ends)
            end.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Pass(TunDevice from, TunDevice to, int seed)
    {
        var chance = new Random(seed);
        var underWay = new Queue<(TimeSpan Due, byte[] Packet)>();
        var buffer = new byte[2048];
        var free = TimeSpan.Zero;
        while (!stopping)
        {
            var wait = underWay.TryPeek(out var next) ? (next.Due - Stopwatch.GetElapsedTime(started)).TotalMilliseconds : LongestWait;
            if (wait > 0)
                from.Wait((int)Math.Min(Math.Ceiling(wait), LongestWait));
            var now = Stopwatch.GetElapsedTime(started);
            while (underWay.TryPeek(out var first) && first.Due <= now)
                to.Write(underWay.Dequeue().Packet);
            for (int read; (read = from.Read(buffer)) > 0;)
            {
                Interlocked.Add(ref bytes, read);
                if (free < now)
                    free = now;
                if (quality.IsCut(now) || chance.NextDouble() < quality.Loss || free - now > quality.Queue)
                {
                    Interlocked.Increment(ref lost);
                    continue;
                }
                free += TimeSpan.FromSeconds(read * 8.0 / quality.BitsPerSecond);
                underWay.Enqueue((free + quality.Delay, buffer[..read]));
            }
        }
    }
}
