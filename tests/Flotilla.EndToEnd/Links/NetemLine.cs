using System.Globalization;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.TestKit;

namespace Flotilla.EndToEnd.Links;

/// <summary>Two virtual Ethernet devices with the kernel's own emulation of bad networks on both.</summary>
internal sealed class NetemLine : ILine
{
    private readonly (NetworkNamespace Network, string Device)[] ends;
    private readonly CancellationTokenSource stop = new();
    private readonly Task cutting;

    private NetemLine((NetworkNamespace, string)[] ends, LineQuality quality)
    {
        this.ends = ends;
        cutting = CutAsync(quality);
    }

    public string Kind => "tc netem";

    /// <returns>Null where the kernel has no netem.</returns>
    public static async Task<NetemLine?> LayAsync(NetworkNamespace first, NetworkNamespace second, LineQuality quality, CancellationToken cancellation)
    {
        var (a, b) = ($"fl{Environment.ProcessId % 100_000}a", $"fl{Environment.ProcessId % 100_000}b");
        (await new Tool("ip").RunAsync(cancellation, "link", "add", a, "netns", first.Name, "type", "veth", "peer", "name", b, "netns", second.Name)).MustSucceed();
        foreach (var (network, device, own) in new[] { (first, a, "10.77.0.1/24"), (second, b, "10.77.0.2/24") })
        {
            var shaped = await new Tool("ip").RunAsync(cancellation, ["netns", "exec", network.Name, "tc", "qdisc", "add", "dev", device, "root", .. Netem(quality, quality.Loss)]);
            if (shaped.ExitCode != 0)
            {
                await first.RunAsync(cancellation, "ip", "link", "delete", a);
                return null;
            }
            await network.RunAsync(cancellation, "ip", "address", "add", own, "dev", device);
            await network.RunAsync(cancellation, "ip", "link", "set", device, "up");
        }
        return new NetemLine([(first, a), (second, b)], quality);
    }

    public async Task<long> BytesAsync(CancellationToken cancellation)
    {
        long bytes = 0;
        foreach (var (network, device) in ends)
            bytes += JsonNode.Parse(await network.RunAsync(cancellation, "ip", "-s", "-j", "link", "show", device))![0]!["stats64"]!["tx"]!["bytes"].AsInt64OrNull() ?? 0;
        return bytes;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await cutting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private static string[] Netem(LineQuality quality, double loss) =>
    [
        "netem", "delay", string.Create(CultureInfo.InvariantCulture, $"{quality.Delay.TotalMilliseconds}ms"),
        "loss", string.Create(CultureInfo.InvariantCulture, $"{loss * 100}%"), "rate", string.Create(CultureInfo.InvariantCulture, $"{quality.BitsPerSecond}bit"),
        "limit", string.Create(CultureInfo.InvariantCulture, $"{Math.Max(20, (int)(quality.BitsPerSecond / 8 * (quality.Queue + quality.Delay).TotalSeconds / 1400))}"),
    ];

    private async Task CutAsync(LineQuality quality)
    {
        using var timer = new PeriodicTimer(quality.CutEvery - quality.CutFor);
        while (await timer.WaitForNextTickAsync(stop.Token))
        {
            await SetAsync(quality, 1);
            timer.Period = quality.CutFor;
            await timer.WaitForNextTickAsync(stop.Token);
            await SetAsync(quality, quality.Loss);
            timer.Period = quality.CutEvery - quality.CutFor;
        }
    }

    private async Task SetAsync(LineQuality quality, double loss)
    {
        foreach (var (network, device) in ends)
            await network.RunAsync(stop.Token, "tc", ["qdisc", "change", "dev", device, "root", .. Netem(quality, loss)]);
    }
}
