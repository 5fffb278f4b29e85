using Flotilla.TestKit;

namespace Flotilla.EndToEnd.Links;

/// <summary>A network of its own, as another machine has: its programs reach others only over what is laid there.</summary>
internal sealed class NetworkNamespace : IAsyncDisposable
{
    private static readonly Tool Ip = new("ip");

    private NetworkNamespace(string name) => Name = name;

    public string Name { get; }

    /// <summary>Why there can be none on this machine; null when there can.</summary>
    public static async Task<string?> ObstacleAsync(CancellationToken cancellation)
    {
        if (!OperatingSystem.IsLinux())
            return "network namespaces are of Linux alone";
        if (!Ip.IsInstalled || !new Tool("tc").IsInstalled)
            return "ip and tc are not installed (Debian: iproute2)";
        var name = $"flotilla-try-{Environment.ProcessId}";
        var made = await Ip.RunAsync(cancellation, "netns", "add", name);
        if (made.ExitCode != 0)
            return $"network namespaces cannot be made here: {made.Error.Trim()}";
        await Ip.RunAsync(cancellation, "netns", "delete", name);
        return null;
    }

    public static async Task<NetworkNamespace> AddAsync(string name, CancellationToken cancellation)
    {
        (await Ip.RunAsync(cancellation, "netns", "add", name)).MustSucceed();
        var made = new NetworkNamespace(name);
        await made.RunAsync(cancellation, "ip", "link", "set", "lo", "up");
        return made;
    }

    /// <summary>A program in it, to its end.</summary>
    public async Task<string> RunAsync(CancellationToken cancellation, string program, params IEnumerable<string> arguments) =>
        (await Ip.RunAsync(cancellation, ["netns", "exec", Name, program, .. arguments])).MustSucceed().Output;

    /// <summary>A program in it, beside the test.</summary>
    public RunningTool Start(string program, params IEnumerable<string> arguments) => Ip.Run(["netns", "exec", Name, program, .. arguments]);

    public async ValueTask DisposeAsync() => await Ip.RunAsync(CancellationToken.None, "netns", "delete", Name);
}
