using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Flotilla.TestKit;

namespace Flotilla.EndToEnd.Faults;

/// <summary>A server that cannot start says why and what to do in one line, ends with a failure and leaves what it found as it was.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class StartFailureTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("flotilla-start-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Data => Path.Combine(folder.FullName, "data");

    private string Database => Path.Combine(Data, "flotilla.db");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_database_of_another_program()
    {
        await (await StartAsync("--data", Data)).DisposeAsync();
        foreach (var log in new[] { "-wal", "-shm" })
            File.Delete(Database + log);
        var bytes = new byte[64 * 1024];
        new Random(1).NextBytes(bytes);
        await File.WriteAllBytesAsync(Database, [.. "SQLite format 3\0"u8, .. bytes], Cancel);
        await FailsAsync("flotilla.db", "hoose another folder");
    }

    [Fact]
    public async Task A_damaged_database()
    {
        await (await StartAsync("--data", Data)).DisposeAsync();
        foreach (var log in new[] { "-wal", "-shm" })
            File.Delete(Database + log);
        var bytes = await File.ReadAllBytesAsync(Database, Cancel);
        new Random(1).NextBytes(bytes.AsSpan(100));
        await File.WriteAllBytesAsync(Database, bytes, Cancel);
        await FailsAsync("flotilla.db", "Put a backup in its place");
    }

    [Fact]
    public async Task A_file_that_is_no_database()
    {
        Directory.CreateDirectory(Data);
        await File.WriteAllTextAsync(Database, "this is somebody's diary\n", Cancel);
        await FailsAsync("flotilla.db", "is damaged or not a database", "Put a backup in its place");
    }

    [Fact]
    public async Task A_damaged_key()
    {
        await (await StartAsync("--data", Data)).DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(Data, "ca.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", Cancel);
        var error = await RunAsync("--data", Data);
        Assert.Contains("ca.pem is damaged", error, StringComparison.Ordinal);
        Assert.Contains("restore it from a backup", error, StringComparison.Ordinal);
        Assert.StartsWith("-----BEGIN CERTIFICATE-----\nAAAA", await File.ReadAllTextAsync(Path.Combine(Data, "ca.pem"), Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_in_use_by_another_server()
    {
        await using var other = await StartAsync("--data", Data);
        var before = await File.ReadAllBytesAsync(Path.Combine(Data, "ca.pem"), Cancel);
        var error = await RunAsync("--data", Data);
        Assert.Contains(Data, error, StringComparison.Ordinal);
        Assert.Contains("in use", error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(Path.Combine(Data, "ca.pem"), Cancel));
        using var client = other.CreateClient();
        Assert.Equal("ok", await client.GetStringAsync(new Uri("/readyz", UriKind.Relative), Cancel));
    }

    [Fact]
    public async Task A_port_in_use()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var error = await RunAsync("--memory", "--port", $"{port}");
        Assert.Contains($"{port}", error, StringComparison.Ordinal);
        Assert.Contains("in use", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_a_file()
    {
        await File.WriteAllTextAsync(Data, "a file", Cancel);
        await FailsAsync(Data);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written()
    {
        // Not even root may write to the process file system.
        var error = await RunAsync("--data", "/proc/flotilla");
        Assert.Contains("/proc/flotilla", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kubeconfig_that_cannot_be_written()
    {
        var error = await RunAsync("--memory", "--kubeconfig-out", "/proc/flotilla/kubeconfig");
        Assert.Contains("/proc/flotilla", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--user alice", "--memory", "--user", "alice")]
    [InlineData("--user =t", "--memory", "--user", "=t")]
    [InlineData("--clusters", "--memory", "--clusters", "-1")]
    [InlineData("--clusters", "--memory", "--clusters", "many")]
    [InlineData("--port", "--memory", "--port", "70000")]
    [InlineData("--data DIR or --memory", "--token", "x")]
    [InlineData("--data DIR or --memory", "--memory", "--data", "/tmp/flotilla-never")]
    public async Task A_wrong_option(string named, params string[] arguments)
    {
        var result = await new Tool(ServerProcess.Executable).RunAsync(Cancel, ["apiserver", .. arguments]);
        Assert.Contains(named, result.MustFail(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    /// <summary>The server does not start on the data folder, and leaves every file that was there as it was.</summary>
    private async Task FailsAsync(params string[] words)
    {
        var before = Contents();
        var error = await RunAsync("--data", Data);
        Assert.All(words, word => Assert.Contains(word, error, StringComparison.Ordinal));
        Assert.All(before, file => Assert.Equal(file.Value, File.ReadAllBytes(file.Key)));
    }

    private Dictionary<string, byte[]> Contents() => Directory.EnumerateFiles(folder.FullName, "*", SearchOption.AllDirectories)
        .Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)).ToDictionary(f => f, File.ReadAllBytes);

    private static async Task<string> RunAsync(params string[] arguments)
    {
        var result = await new Tool(ServerProcess.Executable).RunAsync(Cancel, ["apiserver", .. arguments]);
        var error = result.MustFail().TrimEnd('\n');
        Assert.StartsWith("flotilla: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
        return error;
    }

    private Task<ServerProcess> StartAsync(params string[] arguments) => ServerProcess.StartInAsync(folder.FullName, 0, Cancel, arguments);
}
