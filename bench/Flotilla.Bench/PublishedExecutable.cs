using System.Diagnostics;
using Flotilla.TestKit;

namespace Flotilla.Bench;

/// <summary>The executable that <c>./flotilla</c> publishes: what users run.</summary>
internal static class PublishedExecutable
{
    private static readonly Lazy<string> Built = new(Build);

    /// <summary>Its file, published anew when something changed.</summary>
    public static string File => Built.Value;

    private static string Build()
    {
        using var build = Process.Start(new ProcessStartInfo(Path.Combine(Repository.Root, "flotilla"), ["--version"]) { RedirectStandardOutput = true })!;
        build.WaitForExit();
        return build.ExitCode == 0
            ? Path.Combine(Repository.Root, ".flotilla", "bin", "flotilla")
            : throw new InvalidOperationException("./flotilla does not build");
    }
}
