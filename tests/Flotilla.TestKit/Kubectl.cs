using System.Diagnostics;

namespace Flotilla.TestKit;

/// <summary>The real kubectl, where the machine has one, with a kubeconfig and a folder for its caches.</summary>
public sealed class Kubectl
{
    private static readonly Tool Program = new("kubectl");
    private readonly Tool tool;
    private readonly string[] first;

    /// <param name="kubeconfig">Path of the kubeconfig.</param>
    /// <param name="folder">Where it runs and keeps what it learnt about servers: ports are used again, so it must not be shared with other servers.</param>
    /// <param name="context">Context of the kubeconfig; null for its current one.</param>
    public Kubectl(string kubeconfig, string folder, string? context = null)
        : this(Isolated(kubeconfig, Path.Combine(folder, "kubectl-cache")) with { Folder = folder }, context is null ? [] : ["--context", context])
    {
    }

    private Kubectl(Tool tool, string[] first)
    {
        this.tool = tool;
        this.first = first;
    }

    /// <summary>Whether kubectl is installed.</summary>
    public static bool IsInstalled => Program.IsInstalled;

    /// <summary>The reason to skip a test where the machine lacks it.</summary>
    public static string IsMissing => Program.IsMissing;

    /// <summary>The same with further arguments before those of each run, as <c>--token</c> or <c>--namespace</c>.</summary>
    public Kubectl With(params string[] arguments) => new(tool, [.. first, .. arguments]);

    /// <summary>The same with an environment variable.</summary>
    public Kubectl WithEnvironment(string name, string value) =>
        new(tool with { Environment = new Dictionary<string, string?>(tool.Environment) { [name] = value } }, first);

    /// <summary>Runs it; throws when it fails.</summary>
    /// <returns>Its output.</returns>
    /// <exception cref="ToolFailedException">The exit code is not 0.</exception>
    public async Task<string> RunAsync(CancellationToken cancellation, params string[] arguments) =>
        (await TryAsync(cancellation, arguments)).MustSucceed().Output;

    /// <summary>Runs it with a document as input, for <c>-f -</c>; throws when it fails.</summary>
    public async Task<string> RunAsync(string input, CancellationToken cancellation, params string[] arguments) =>
        (await TryAsync(input, cancellation, arguments)).MustSucceed().Output;

    /// <summary>Runs it; throws when it does not fail.</summary>
    /// <returns>Its standard error.</returns>
    /// <exception cref="ToolFailedException">The exit code is 0.</exception>
    public async Task<string> FailAsync(CancellationToken cancellation, params string[] arguments) =>
        (await TryAsync(cancellation, arguments)).MustFail();

    /// <summary>Runs it to its end, whatever that is.</summary>
    public Task<ToolResult> TryAsync(CancellationToken cancellation, params string[] arguments) =>
        tool.RunAsync(cancellation, [.. first, .. arguments]);

    /// <summary>Runs it with an input to its end, whatever that is.</summary>
    public Task<ToolResult> TryAsync(string input, CancellationToken cancellation, params string[] arguments) =>
        tool.RunAsync(input, cancellation, [.. first, .. arguments]);

    /// <summary>Starts it and lets it run, as for a watch.</summary>
    public RunningTool Start(params string[] arguments) => tool.Run([.. first, .. arguments]);

    /// <summary>Runs a command that needs no server to its end.</summary>
    public static (int ExitCode, string Output, string Error) Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("kubectl", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["KUBECONFIG"] = "/dev/null", ["KUBERC"] = "off" },
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    // Neither a cluster nor settings of the machine may have a say.
    private static Tool Isolated(string kubeconfig, string cache) => Program with
    {
        Environment = new Dictionary<string, string?> { ["KUBECONFIG"] = kubeconfig, ["KUBERC"] = "off", ["KUBECACHEDIR"] = cache },
    };
}
