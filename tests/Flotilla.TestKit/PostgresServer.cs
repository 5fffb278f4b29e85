using System.Globalization;

namespace Flotilla.TestKit;

/// <summary>A PostgreSQL server of the machine's own binaries, in a temporary folder, on a Unix socket there; gone when disposed.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "flotilla";
    private readonly string folder;
    private int places;

    private PostgresServer(string folder) => this.folder = folder;

    /// <summary>The reason to skip a test where the machine lacks it.</summary>
    public const string IsMissing = "postgresql is not installed";

    /// <summary>Whether the machine has it.</summary>
    public static bool IsInstalled => !OperatingSystem.IsWindows() && Binary("initdb") is not null;

    private static bool IsRoot => Environment.UserName == "root";

    /// <summary>Makes a database cluster and starts it.</summary>
    /// <param name="durable">Whether it syncs the disk: for measurements. Tests do not pull the plug.</param>
    /// <param name="cancellation">Ends the start.</param>
    public static async Task<PostgresServer> StartAsync(CancellationToken cancellation, bool durable = false)
    {
        var server = new PostgresServer(Directory.CreateTempSubdirectory("flotilla-pg-").FullName);
        try
        {
            // PostgreSQL refuses to run as root: Debian's package brings a user for it.
            if (IsRoot)
                (await new Tool("chown").RunAsync(cancellation, "postgres", server.folder)).MustSucceed();
            (await server.RunAsync("initdb", cancellation, "--pgdata", server.Data, "--username", User, "--auth", "trust", "--encoding", "UTF8", "--no-locale", "--no-sync")).MustSucceed();
            var settings = $"-k {server.folder} -c listen_addresses= -c max_connections=200" + (durable ? "" : " -c fsync=off -c full_page_writes=off -c synchronous_commit=off");
            (await server.RunAsync("pg_ctl", cancellation, "start", "--wait", "--pgdata", server.Data, "--log", Path.Combine(server.folder, "log"), "--options", settings)).MustSucceed();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private string Data => Path.Combine(folder, "data");

    /// <summary>A connection string for Npgsql whose schema nobody has used yet.</summary>
    public string NewPlace() =>
        string.Create(CultureInfo.InvariantCulture, $"Host={folder};Username={User};Database=postgres;Search Path=place{Interlocked.Increment(ref places)}");

    /// <summary>Cuts all connections to the server, as a restart of it does.</summary>
    public async Task CutConnectionsAsync(CancellationToken cancellation) =>
        (await RunAsync("psql", cancellation, "--host", folder, "--username", User, "--dbname", "postgres", "--command",
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'")).MustSucceed();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Directory.Exists(Data))
            await RunAsync("pg_ctl", CancellationToken.None, "stop", "--pgdata", Data, "--mode", "immediate");
        Directory.Delete(folder, recursive: true);
    }

    private Task<ToolResult> RunAsync(string program, CancellationToken cancellation, params IEnumerable<string> arguments)
    {
        var path = Binary(program) ?? throw new InvalidOperationException(IsMissing);
        return IsRoot
            ? (new Tool("setpriv") with { Folder = folder }).RunAsync(cancellation, ["--reuid=postgres", "--regid=postgres", "--clear-groups", path, .. arguments])
            : (new Tool(path) with { Folder = folder }).RunAsync(cancellation, arguments);
    }

    // Debian keeps most of the programs outside the PATH, by version.
    private static string? Binary(string program) =>
        (Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [])
            .OrderByDescending(f => int.TryParse(Path.GetFileName(f), CultureInfo.InvariantCulture, out var version) ? version : 0)
            .Select(f => Path.Combine(f, "bin", program))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(f => Path.Combine(f, program)))
            .FirstOrDefault(File.Exists);
}
