using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Discovery;

/// <summary><c>/version</c>: which Kubernetes this server speaks.</summary>
internal static class VersionDocument
{
    /// <summary>The document; clients compare <c>major</c> and <c>minor</c> and parse <c>gitVersion</c> as a semantic version.</summary>
    public static JsonObject Create()
    {
        var parts = BuiltInTypes.KubernetesVersion.TrimStart('v').Split('.');
        var (major, minor) = (parts[0], parts[1]);
        return new JsonObject
        {
            ["major"] = major,
            ["minor"] = minor,
            ["emulationMajor"] = major,
            ["emulationMinor"] = minor,
            ["minCompatibilityMajor"] = major,
            ["minCompatibilityMinor"] = (int.Parse(minor, System.Globalization.CultureInfo.InvariantCulture) - 1).ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["gitVersion"] = BuiltInTypes.KubernetesVersion + "+flotilla",
            ["gitCommit"] = "",
            ["gitTreeState"] = "",
            ["buildDate"] = "1970-01-01T00:00:00Z",
            ["goVersion"] = "",
            ["compiler"] = "dotnet",
            ["platform"] = $"{Platform()}/{RuntimeInformation.ProcessArchitecture switch { Architecture.X64 => "amd64", var other => other.ToString().ToLowerInvariant() }}",
        };
    }

    private static string Platform() => OperatingSystem.IsLinux() ? "linux" : OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "unknown";
}
