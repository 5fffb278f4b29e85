using Flotilla.TestKit;

namespace Flotilla.EndToEnd.Recordings;

/// <summary>A server for all recordings: each uses names of its own.</summary>
public sealed class RecordingServer : IAsyncLifetime
{
    internal ServerProcess Process { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Process = await ServerProcess.StartAsync(TestContext.Current.CancellationToken, "--memory", "--user", "alice=alicetoken:dev");

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}

/// <summary>Conversations with a real kube-apiserver 1.36, led again with this one.</summary>
public sealed class RecordedTruthTests(RecordingServer server) : IClassFixture<RecordingServer>
{
    /// <summary>Recordings of features that are not promised yet; they run, but may fail.</summary>
    private static readonly HashSet<string> NotDemanded = ["a02", "a31", "b17", "b19", "b21", "b24", "b26", "b29"];

    private static string? Folder => Repository.Shared is { } shared ? Path.Combine(shared, "kubernetes") : null;

    public static TheoryData<string> Demanded => Recordings(demanded: true);

    public static TheoryData<string> Promised => Recordings(demanded: false);

    [Theory]
    [MemberData(nameof(Demanded))]
    public async Task Answers_as_a_real_server(string recording)
    {
        var result = await ReplayAsync(recording);
        Assert.True(result.ExitCode == 0, $"{result}\n{server.Process.Log}");
    }

    [Theory]
    [MemberData(nameof(Promised))]
    public async Task Will_answer_as_a_real_server(string recording)
    {
        var result = await ReplayAsync(recording);
        Assert.SkipWhen(result.ExitCode != 0, $"not demanded yet: {result.Output.Split('\n').FirstOrDefault(l => l.StartsWith("FAIL", StringComparison.Ordinal))}");
    }

    private async Task<ToolResult> ReplayAsync(string recording)
    {
        Assert.SkipWhen(Folder is null, "there is no folder of recordings beside the checkout");
        var python = new Tool("python3");
        Assert.SkipUnless(python.IsInstalled, python.IsMissing);
        return await python.RunAsync(
            TestContext.Current.CancellationToken,
            Path.Combine(Folder, "replay.py"), "check", "--server", server.Process.Address.ToString(), "--token", ServerProcess.Token,
            "--user", "alice=alicetoken", Path.Combine(Folder, "transcripts", recording + ".json"), "--verbose");
    }

    private static TheoryData<string> Recordings(bool demanded)
    {
        // Without the recordings one case remains, which says so.
        IEnumerable<string> names = Folder is null
            ? ["all"]
            : Directory.EnumerateFiles(Path.Combine(Folder, "transcripts"), "*.json").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal);
        return [.. names.Where(n => Folder is null || demanded != NotDemanded.Contains(n.Split('-')[0]))];
    }
}
