using System.Diagnostics;

namespace Flotilla.Bench;

/// <summary>How often and how fast something went that several did at the same time.</summary>
internal sealed record Throughput(double PerSecond, double MedianMilliseconds, double SlowestPercentMilliseconds)
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(4);

    /// <summary>Lets each worker do its work again and again for a few seconds, after a short time to warm up.</summary>
    /// <param name="workers">How many work at the same time.</param>
    /// <param name="work">Gets the number of the worker and how often it has worked.</param>
    public static async Task<Throughput> MeasureAsync(int workers, Func<int, int, Task> work)
    {
        var latencies = new List<double>[workers];
        var watch = Stopwatch.StartNew();
        var warm = TimeSpan.FromSeconds(1);
        await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(async () =>
        {
            var own = latencies[worker] = new List<double>(4096);
            for (var i = 0; watch.Elapsed < warm + Long; i++)
            {
                var begin = watch.Elapsed;
                await work(worker, i);
                if (begin > warm)
                    own.Add((watch.Elapsed - begin).TotalMilliseconds);
            }
        })));
        var all = latencies.SelectMany(l => l).ToArray();
        return new Throughput(all.Length / (watch.Elapsed - warm).TotalSeconds, all.Median(), all.Percentile(0.99));
    }
}
