using Flotilla.ApiServer.Tests.Storage;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Flotilla.ApiServer.Tests;

internal static class Program
{
    public static async Task<int> Main(string[] args) => args switch
    {
        [CrashingWriter.Command, var folder, var seed] => await CrashingWriter.RunAsync(folder, seed),
        _ when args.Contains("--server") || args.Contains("--internal-msbuild-node") =>
            await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
        _ => await ConsoleRunner.Run(args),
    };
}
