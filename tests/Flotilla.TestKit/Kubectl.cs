using System.Diagnostics;

namespace Flotilla.TestKit;

/// <summary>The real kubectl, where the machine has one; only for commands that need no server.</summary>
public static class Kubectl
{
    private static readonly Lazy<bool> Found = new(() => Run("version", "--client").ExitCode == 0);

    /// <summary>Whether kubectl is installed.</summary>
    public static bool IsInstalled
    {
        get
        {
            try
            {
                return Found.Value;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false;
            }
        }
    }

    /// <summary>Runs kubectl to its end.</summary>
    public static (int ExitCode, string Output, string Error) Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("kubectl", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // Neither a cluster nor settings of the machine may have a say.
            Environment = { ["KUBECONFIG"] = "/dev/null", ["KUBERC"] = "off" },
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
