using System.Diagnostics;

namespace Flotilla.TestKit;

/// <summary>A real program of the machine that tests run, as <c>kubectl</c> or <c>python3</c>.</summary>
/// <param name="Program">Its name in the PATH, or a path.</param>
public sealed record Tool(string Program)
{
    /// <summary>Environment variables to set besides those of the tests; null removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Where it runs; null: where the tests run.</summary>
    public string? Folder { get; init; }

    /// <summary>Whether the machine has it.</summary>
    public bool IsInstalled => Program.Contains(Path.DirectorySeparatorChar)
        ? File.Exists(Program)
        : (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, Program)));

    /// <summary>The reason to skip a test where the machine lacks it.</summary>
    public string IsMissing => $"{Program} is not installed";

    /// <summary>Runs it to its end, whatever that is.</summary>
    public Task<ToolResult> RunAsync(CancellationToken cancellation, params IEnumerable<string> arguments) => RunAsync("", cancellation, arguments);

    /// <summary>Runs it to its end with an input.</summary>
    public async Task<ToolResult> RunAsync(string input, CancellationToken cancellation, params IEnumerable<string> arguments)
    {
        using var process = Process.Start(Start(arguments))!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var error = process.StandardError.ReadToEndAsync(cancellation);
            try
            {
                await process.StandardInput.WriteAsync(input.AsMemory(), cancellation);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // A program may end without reading its input.
            }
            await process.WaitForExitAsync(cancellation);
            return new ToolResult(CommandLine(process.StartInfo), process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Starts it and lets it run.</summary>
    public RunningTool Run(params IEnumerable<string> arguments)
    {
        var start = Start(arguments);
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new RunningTool(process, CommandLine(start));
    }

    private ProcessStartInfo Start(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Folder ?? "",
        };
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;
        return start;
    }

    private static string CommandLine(ProcessStartInfo start) => string.Join(' ', [Path.GetFileName(start.FileName), .. start.ArgumentList]);
}
