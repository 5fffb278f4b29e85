using System.Diagnostics;

namespace Flotilla.Bench;

/// <summary>A hub as users run it, alone in a process, so that its memory can be told from that of its sites.</summary>
internal sealed class HubProcess : IAsyncDisposable
{
    private const string ApiWord = "Kubernetes API at ";
    private const string GatewayWord = "gateway at ";
    private readonly Process process;
    private bool disposed;

    private HubProcess(Process process, Uri api, Uri gateway, string token) => (this.process, Api, Gateway, Token) = (process, api, gateway, token);

    public Uri Api { get; }

    public Uri Gateway { get; }

    /// <summary>Of the administrator of its API.</summary>
    public string Token { get; }

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
        string[] arguments = ["hub", "--data", folder, "--listen", $"127.0.0.1:{gatewayPort}", "--api-port", "0", "--offline"];
        var process = Process.Start(new ProcessStartInfo(PublishedExecutable.File, arguments) { RedirectStandardOutput = true })!;
        Uri? api = null;
        while (await process.StandardOutput.ReadLineAsync(cancellation) is { } line)
        {
            if (line.StartsWith(ApiWord, StringComparison.Ordinal))
                api = new Uri(line[ApiWord.Length..]);
            else if (line.StartsWith(GatewayWord, StringComparison.Ordinal))
                return new HubProcess(process, api!, new Uri(line[GatewayWord.Length..]), (await File.ReadAllTextAsync(Path.Combine(folder, "keys", "api-token"), cancellation)).Trim());
        }
        throw new InvalidOperationException("the hub did not start");
    }

    public async ValueTask DisposeAsync()
    {
        if (disposed)
            return;
        disposed = true;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
