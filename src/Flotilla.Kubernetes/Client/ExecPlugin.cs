namespace Flotilla.Kubernetes.Client;

/// <summary>A program that gives credentials (kind <c>ExecCredential</c> of <c>client.authentication.k8s.io</c>), as a kubeconfig names it.</summary>
/// <param name="Command">A path, or a name to be found in PATH.</param>
public sealed record ExecPlugin(string Command)
{
    /// <summary>Arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Environment variables besides those of this process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The version of ExecCredential that both speak.</summary>
    public string ApiVersion { get; init; } = "client.authentication.k8s.io/v1";

    /// <summary>Whether it may ask people: it then gets this process's terminal.</summary>
    public bool Interactive { get; init; }

    /// <summary>Whether the program is told about the cluster.</summary>
    public bool ProvideClusterInfo { get; init; }

    /// <summary>What to tell people who do not have the program.</summary>
    public string? InstallHint { get; init; }

    /// <summary>Where this was read, as <c>/home/me/.kube/config: users[2].user.exec</c>.</summary>
    public string Origin { get; init; } = "exec";
}
