using System.Diagnostics;

namespace Flotilla.Bench;

/// <summary>
/// This bench again, in a process that collects its youngest objects less often. A thousand sites in one process keep a large heap alive;
/// with the default, a third of the processor's time goes into looking through it. Only the environment can set this.
/// </summary>
internal static class RoomyProcess
{
    private const string Setting = "DOTNET_GCgen0size";

    /// <summary>What such a process ended with; null when this is one.</summary>
    public static Task<int>? Code => Environment.GetEnvironmentVariable(Setting) is null ? RunAsync() : null;

    private static async Task<int> RunAsync()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, Environment.GetCommandLineArgs()[1..]) { Environment = { [Setting] = "4000000" } };
        using var process = Process.Start(start)!;
        // An interruption reaches both.
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
