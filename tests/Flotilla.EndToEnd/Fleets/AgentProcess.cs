using Flotilla.TestKit;

namespace Flotilla.EndToEnd.Fleets;

/// <summary><c>flotilla-agent run</c> as a process of its own.</summary>
internal sealed class AgentProcess(string folder, string kubeconfig, string cluster) : IAsyncDisposable
{
    private RunningTool? process;
    private string earlier = "";

    // The build of the agent that the tests were built with; that it is also well when compiled ahead of time is for other tests.
    public static string Executable { get; } = Path.Combine(
        Repository.Root, "src", "Flotilla.Agent", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, new DirectoryInfo(AppContext.BaseDirectory).Name, "flotilla-agent");

    /// <summary>Where its state is.</summary>
    public string Folder => folder;

    public string Log => earlier + process?.Log;

    /// <param name="enrolment">Hub and token; nothing when it is enrolled.</param>
    public void Start(params string[] enrolment) => process = new Tool(Executable).Run(
        ["run", "--state", folder, "--kubeconfig", kubeconfig, "--context", cluster, .. enrolment]);

    public async Task KillAsync(CancellationToken cancellation)
    {
        await process!.KillAsync(cancellation);
        await process.DisposeAsync();
        earlier = Log;
        process = null;
    }

    public ValueTask DisposeAsync() => process?.DisposeAsync() ?? ValueTask.CompletedTask;
}
