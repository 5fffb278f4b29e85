using Flotilla.TestKit;

namespace Flotilla.EndToEnd.Fleets;

/// <summary><c>flotilla hub</c> as a process of its own.</summary>
internal sealed class HubProcess(string folder, params IReadOnlyList<string> more) : IAsyncDisposable
{
    private RunningTool? process;

    public string Log => process?.Log ?? "";

    /// <summary>It serves when the task ends.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        process = new Tool(ServerProcess.Executable).Run(
            ["hub", "--data", folder, "--listen", "127.0.0.1:0", "--api-port", "0", "--offline", .. more]);
        await process.LineAsync(line => line.StartsWith("gateway at ", StringComparison.Ordinal), cancellation);
    }

    public ValueTask DisposeAsync() => process?.DisposeAsync() ?? ValueTask.CompletedTask;
}
