using System.Net;
using System.Net.Sockets;
using Flotilla.TestKit;

namespace Flotilla.EndToEnd.Fleets;

/// <summary><c>flotilla hub</c> as a process of its own.</summary>
internal sealed class HubProcess(string folder, params IReadOnlyList<string> more) : IAsyncDisposable
{
    private int apiPort;
    private int gatewayPort;
    private RunningTool? process;
    private string earlier = "";

    public string Log => earlier + process?.Log;

    /// <summary>Takes ports that it keeps over restarts: clients and agents remember them.</summary>
    public void KeepPorts() => (apiPort, gatewayPort) = (FreePort(), FreePort());

    /// <summary>It serves when the task ends.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        process = new Tool(ServerProcess.Executable).Run(
            ["hub", "--data", folder, "--listen", $"127.0.0.1:{gatewayPort}", "--api-port", $"{apiPort}", "--offline", .. more]);
        await process.LineAsync(line => line.StartsWith("gateway at ", StringComparison.Ordinal), cancellation);
    }

    public async Task KillAsync(CancellationToken cancellation)
    {
        await process!.KillAsync(cancellation);
        await process.DisposeAsync();
        earlier = Log;
        process = null;
    }

    public ValueTask DisposeAsync() => process?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>None of those that the system gives to whoever dials out: one of them could be taken while the hub is down.</summary>
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // In use.
            }
        }
    }
}
