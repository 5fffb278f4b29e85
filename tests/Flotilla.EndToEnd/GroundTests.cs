using System.Diagnostics;
using Flotilla.TestKit;

namespace Flotilla.EndToEnd;

/// <summary>The walls of the house stand: what the build and the commands at the root refuse.</summary>
public sealed class GroundTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("flotilla-ground-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Decisions_that_read_a_clock_or_wait_do_not_build()
    {
        var output = await BuildCoreAsync("""
            namespace Flotilla.Core;

            internal static class Decision
            {
                public static System.DateTimeOffset Now() => System.DateTimeOffset.UtcNow;

                public static async System.Threading.Tasks.Task WaitAsync() => await System.Threading.Tasks.Task.Yield();
            }
            """);
        Assert.Contains("RS0030", output, StringComparison.Ordinal);
        Assert.Contains("Decisions take the time as an argument", output, StringComparison.Ordinal);
        Assert.Contains("Decisions do not wait", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_more_than_600_lines_does_not_build()
    {
        var output = await BuildCoreAsync(string.Concat(Enumerable.Range(1, 601).Select(i => $"// {i}\n")));
        Assert.Contains("Longer than 600 lines", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("flotilla")]
    [InlineData("test")]
    public async Task Without_an_sdk_the_commands_say_in_one_line_what_to_install(string command)
    {
        var tools = folder.CreateSubdirectory("bin");
        foreach (var tool in new[] { "bash", "dirname" })
            File.CreateSymbolicLink(Path.Combine(tools.FullName, tool), $"/usr/bin/{tool}");
        var (code, _, error) = await RunAsync("/usr/bin/env", ["-i", $"PATH={tools.FullName}", "bash", Path.Combine(Repository.Root, command)], folder.FullName);
        Assert.Equal(1, code);
        var line = Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(".NET 10 SDK", line, StringComparison.Ordinal);
    }

    private async Task<string> BuildCoreAsync(string source)
    {
        foreach (var file in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", ".editorconfig" })
            File.Copy(Path.Combine(Repository.Root, file), Path.Combine(folder.FullName, file));
        var analyzers = folder.CreateSubdirectory("eng").CreateSubdirectory("analyzers");
        File.Copy(Path.Combine(Repository.Root, "eng/analyzers/BannedSymbols.txt"), Path.Combine(analyzers.FullName, "BannedSymbols.txt"));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "Flotilla.Core.csproj"), "<Project Sdk=\"Microsoft.NET.Sdk\" />", Cancellation);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "Decision.cs"), source, Cancellation);
        var (code, output, error) = await RunAsync("dotnet", ["build", "-noAutoResponse", "--nologo", "-v", "quiet"], folder.FullName);
        Assert.NotEqual(0, code);
        return output + error;
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string tool, string[] arguments, string workingFolder)
    {
        var start = new ProcessStartInfo(tool, arguments) { WorkingDirectory = workingFolder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Cancellation);
        var error = process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        return (process.ExitCode, await output, await error);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;
}
