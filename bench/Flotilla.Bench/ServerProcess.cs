using System.Diagnostics;
using System.Net.Http.Headers;

namespace Flotilla.Bench;

/// <summary>The published executable as a user runs it.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const string Token = "bench";
    private readonly Process process;

    private ServerProcess(Process process, Uri address)
    {
        this.process = process;
        Address = address;
        Client = NewClient();
    }

    public Uri Address { get; }

    /// <summary>Speaks as the administrator.</summary>
    public HttpClient Client { get; }

    public int Id => process.Id;

    /// <summary>Resident memory in MiB.</summary>
    public double ResidentMegabytes => Machine.ResidentMegabytes(process.Id);

    /// <summary>Time on a core so far, of all threads.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>Starts a server; it has said its address when the task ends.</summary>
    /// <param name="arguments">After <c>apiserver</c>, without port and token.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public static async Task<ServerProcess> StartAsync(string[] arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(PublishedExecutable.File, ["apiserver", "--port", "0", "--token", Token, .. arguments]) { RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync(cancellation) ?? throw new InvalidOperationException("the server did not start");
        return new ServerProcess(process, new Uri(line[line.IndexOf("https://", StringComparison.Ordinal)..]));
    }

    /// <summary>Another client, with a connection of its own.</summary>
    public HttpClient NewClient() => NewClient(Address, Token);

    public static HttpClient NewClient(Uri address, string token)
    {
        var handler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        return new HttpClient(handler)
        {
            BaseAddress = address,
            DefaultRequestVersion = new Version(2, 0),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
