using System.Globalization;

namespace Flotilla.Agent.Program;

/// <summary>The command line of the agent. Options may also come from the environment, as FLOTILLA_HUB: in a cluster that is easier.</summary>
internal sealed class AgentArguments
{
    public const string Usage = """
        flotilla-agent keeps a Kubernetes cluster as its hub declares.

          flotilla-agent run --hub URL --token TOKEN --state DIR   attach this cluster, and keep it
          flotilla-agent status --state DIR                        what the agent in DIR has and did
          flotilla-agent home --state DIR --hub URL                where the hub is now, when it could not say so itself
          flotilla-agent version

        Options of run, each also as an environment variable:
          --hub URL           the hub's gateway                                    FLOTILLA_HUB
          --token TOKEN       from `flotilla site enrol`; used once                FLOTILLA_TOKEN
          --state DIR         folder of the agent, on a disk that lasts            FLOTILLA_STATE
          --kubeconfig FILE   the cluster; within a cluster its service account    KUBECONFIG
          --context NAME      context within the kubeconfig                        FLOTILLA_CONTEXT
          --ca-file FILE      authority of the gateway's certificate (PEM)         FLOTILLA_CA_FILE
          --proxy URL|none    HTTP proxy on the way to the hub (CONNECT), as       FLOTILLA_PROXY
                              http://NAME:PASSWORD@HOST:PORT; without it
                              what HTTPS_PROXY and NO_PROXY say
          --log json|text     how to log                                           FLOTILLA_LOG

        Exit codes: 0 done, or stopped on request (SIGINT, SIGTERM); 1 it cannot go on, or DIR holds no state (what it says tells why, and
        nothing is lost: start it again when that is mended); 2 the command line is wrong.
        """;

    private static readonly string[] Names = ["hub", "token", "state", "kubeconfig", "context", "ca-file", "proxy", "log"];
    private readonly Dictionary<string, string> given = new(StringComparer.Ordinal);

    public string Command { get; private init; } = "";

    public string? this[string name] => given.TryGetValue(name, out var value) ? value : FromEnvironment(name);

    /// <summary>Reads arguments; a text instead when they are wrong.</summary>
    public static (AgentArguments? Arguments, string? Wrong) Read(string[] args)
    {
        if (args.Length == 0 || args[0] is "-h" or "--help" or "help")
            return (new AgentArguments { Command = "help" }, null);
        var read = new AgentArguments { Command = args[0].TrimStart('-') };
        if (read.Command is not ("run" or "status" or "home" or "version"))
            return (null, $"there is no command \"{args[0]}\"");
        for (var i = 1; i < args.Length; i++)
        {
            var (name, value) = args[i].Split('=', 2) is [var n, var v] ? (n, v) : (args[i], i + 1 < args.Length ? args[++i] : null);
            if (!name.StartsWith("--", StringComparison.Ordinal) || !Names.Contains(name[2..]))
                return (null, $"there is no option \"{name}\"");
            if (value is null)
                return (null, $"{name} needs a value");
            read.given[name[2..]] = value;
        }
        return (read, null);
    }

    private static string? FromEnvironment(string name)
    {
        var variable = name == "kubeconfig" ? "KUBECONFIG" : "FLOTILLA_" + name.ToUpper(CultureInfo.InvariantCulture).Replace('-', '_');
        return Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
    }
}
