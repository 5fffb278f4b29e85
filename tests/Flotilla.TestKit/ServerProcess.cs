using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Flotilla.TestKit;

/// <summary>
/// <c>flotilla apiserver</c> as a process of its own, in the executable that the build of the tests made (in their configuration).
/// It is killed when disposed; its folder goes with it.
/// </summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private readonly RunningTool process;
    private readonly DirectoryInfo? ownFolder;

    private ServerProcess(RunningTool process, string folder, DirectoryInfo? ownFolder)
    {
        this.process = process;
        Folder = folder;
        this.ownFolder = ownFolder;
    }

    /// <summary>The executable; it is there when the solution was built.</summary>
    public static string Executable { get; } = FindExecutable();

    /// <summary>Token of the administrator.</summary>
    public const string Token = "administrator-token";

    /// <summary>Where the server listens.</summary>
    public Uri Address { get; private set; } = new("https://127.0.0.1");

    /// <summary>A folder for the kubeconfig and for what clients keep.</summary>
    public string Folder { get; }

    /// <summary>Path of the kubeconfig that the server wrote.</summary>
    public string Kubeconfig => Path.Combine(Folder, "kubeconfig");

    /// <summary>The process, for signals.</summary>
    public RunningTool Process => process;

    /// <summary>Everything that the server said.</summary>
    public string Log => process.Log;

    /// <summary>kubectl with the kubeconfig of this server.</summary>
    /// <param name="context">Context of the kubeconfig; null for the main cluster.</param>
    public Kubectl Kubectl(string? context = null) => new(Kubeconfig, Folder, context);

    /// <summary>A client that trusts this server and speaks as the administrator.</summary>
    public HttpClient CreateClient()
    {
        var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, certificate, _, _) => certificate is not null && IsTrusted(certificate),
        };
        return new HttpClient(handler) { BaseAddress = Address, DefaultRequestHeaders = { Authorization = new("Bearer", Token) } };
    }

    /// <summary>Starts a server on a free port; it is ready when the task ends.</summary>
    /// <param name="arguments">Options of <c>flotilla apiserver</c>, as <c>--memory</c> or <c>--data</c>; port, token and kubeconfig are given already.</param>
    /// <exception cref="InvalidOperationException">It ended before it was ready; the message has what it said.</exception>
    public static Task<ServerProcess> StartAsync(CancellationToken cancellation, params string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("flotilla-server");
        return StartAsync(folder.FullName, folder, 0, cancellation, arguments);
    }

    /// <summary>Starts a server that leaves its kubeconfig in a folder of the test, on a port of the test (0: a free one).</summary>
    public static Task<ServerProcess> StartInAsync(string folder, int port, CancellationToken cancellation, params string[] arguments) =>
        StartAsync(folder, null, port, cancellation, arguments);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        ownFolder?.Delete(recursive: true);
    }

    private static async Task<ServerProcess> StartAsync(string folder, DirectoryInfo? ownFolder, int port, CancellationToken cancellation, string[] arguments)
    {
        var process = new Tool(Executable).Run(
            ["apiserver", "--port", $"{port}", "--token", Token, "--kubeconfig-out", Path.Combine(folder, "kubeconfig"), .. arguments]);
        var server = new ServerProcess(process, folder, ownFolder);
        try
        {
            const string Ready = "Kubernetes API at ";
            var line = await process.LineAsync(l => l.StartsWith(Ready, StringComparison.Ordinal), cancellation);
            server.Address = new Uri(line[Ready.Length..]);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private bool IsTrusted(X509Certificate2 certificate)
    {
        var encoded = File.ReadLines(Kubeconfig).First(l => l.Contains("certificate-authority-data:", StringComparison.Ordinal)).Split(": ")[1];
        using var authority = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(Convert.FromBase64String(encoded)));
        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        return chain.Build(certificate);
    }

    private static string FindExecutable()
    {
        // .../bin/CONFIGURATION/FRAMEWORK/ of the tests; the executable lies one folder deeper, in that of its platform.
        var tests = new DirectoryInfo(AppContext.BaseDirectory);
        var built = Path.Combine(Repository.Root, "src", "Flotilla.Cli", "bin", tests.Parent!.Name, tests.Name);
        return Directory.Exists(built)
            ? Directory.EnumerateDirectories(built).Select(platform => Path.Combine(platform, "flotilla")).FirstOrDefault(File.Exists) ?? Missing(built)
            : Missing(built);

        static string Missing(string built) => throw new InvalidOperationException($"build the solution first: there is no flotilla in {built}");
    }
}
