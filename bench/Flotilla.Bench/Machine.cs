using System.Globalization;
using System.Runtime.InteropServices;

namespace Flotilla.Bench;

/// <summary>What a figure depends on besides the code.</summary>
internal static class Machine
{
    /// <summary>Cores, memory, processor, system and runtime in one line.</summary>
    public static string Kind { get; } =
        $"{Environment.ProcessorCount} cores ({Processor()}), {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1073741824.0:0.#} GiB, " +
        $"{RuntimeInformation.OSDescription}, .NET {Environment.Version}";

    /// <summary>How many threads wanted a core during the last minute; more than there are cores spoils a figure.</summary>
    public static string Load => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    /// <summary>Resident memory of a process in MiB; the most it ever had when <paramref name="peak"/>.</summary>
    public static double ResidentMegabytes(int process, bool peak = false) => Status(process, peak ? "VmHWM:" : "VmRSS:") / 1024.0;

    private static double Status(int process, string name) =>
        double.Parse(
            File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture);

    private static string Processor() =>
        File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[^1] ?? "unknown"
            : RuntimeInformation.ProcessArchitecture.ToString();
}
