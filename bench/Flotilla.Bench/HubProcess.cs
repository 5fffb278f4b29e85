using System.Diagnostics;
using System.Net;
using Flotilla.Hub.Hosting;
using Microsoft.Extensions.Logging;

namespace Flotilla.Bench;

/// <summary>A hub alone in a process, so that its memory can be told from that of its sites.</summary>
internal sealed class HubProcess : IAsyncDisposable
{
    /// <summary>The word that makes this executable such a process.</summary>
    public const string Word = "hub-process";

    public const string Token = "bench";
    private readonly Process process;

    private HubProcess(Process process, Uri api, Uri gateway) => (this.process, Api, Gateway) = (process, api, gateway);

    public Uri Api { get; }

    public Uri Gateway { get; }

    public int Id => process.Id;

    /// <summary>Time on a core so far, of all threads.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>Starts one on a folder; it has said its addresses when the task ends.</summary>
    public static async Task<HubProcess> StartAsync(string folder, int gatewayPort, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Word, folder, $"{gatewayPort}"]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        var process = Process.Start(start)!;
        var words = (await process.StandardOutput.ReadLineAsync(cancellation) ?? throw new InvalidOperationException("the hub did not start")).Split(' ');
        return new HubProcess(process, new Uri(words[0]), new Uri(words[1]));
    }

    /// <summary>Syncs that are held at the moment.</summary>
    public async Task<long> HeldAsync(CancellationToken cancellation)
    {
        await process.StandardInput.WriteLineAsync("held".AsMemory(), cancellation);
        await process.StandardInput.FlushAsync(cancellation);
        return long.Parse(await process.StandardOutput.ReadLineAsync(cancellation) ?? "0", System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>The process itself: a hub on a folder, until its input ends.</summary>
    public static async Task ServeAsync(string folder, int gatewayPort, CancellationToken cancellation)
    {
        using var logging = LoggerFactory.Create(b => b.AddProvider(new FleetLog()).SetMinimumLevel(LogLevel.Debug));
        await using var hub = await HubHost.StartAsync(
            new HubOptions { DataFolder = folder, ApiPort = 0, ApiToken = Token, Online = false, Listen = new IPEndPoint(IPAddress.Loopback, gatewayPort), Logging = logging }, cancellation);
        Console.WriteLine($"{hub.ApiAddress} {hub.Gateway.Address}");
        while (await Console.In.ReadLineAsync(cancellation) is not null)
            Console.WriteLine(hub.Gateway.Numbers.Held);
    }

    /// <summary>Shows what the hub says about passes over fleets, and what goes wrong.</summary>
    private sealed class FleetLog : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Warning || eventId.Name == "Passed")
                Console.Error.WriteLine($"hub: {formatter(state, exception)}{exception}");
        }

        public void Dispose()
        {
            // Nothing is kept.
        }
    }
}
