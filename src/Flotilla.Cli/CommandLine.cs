using System.CommandLine;
using System.CommandLine.Invocation;
using Flotilla.Cli.Commands;
using Flotilla.Cli.Connections;
using Flotilla.Cli.Output;

namespace Flotilla.Cli;

/// <summary>All commands.</summary>
internal static class CommandLine
{
    /// <summary>Runs what is written.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(RootCommand commands, IReadOnlyList<string> arguments, Terminal terminal, CancellationToken cancellation)
    {
        var parsed = commands.Parse(arguments);
        var code = await parsed.InvokeAsync(terminal, cancellation);
        // The library counts a wrong command line as any other failure.
        return parsed.Action is ParseErrorAction ? ExitCodes.Usage : code;
    }

    public static RootCommand Create() => new("Flotilla manages fleets of Kubernetes sites.")
    {
        HubConnection.KubeconfigOption,
        HubConnection.ContextOption,
        HubConnection.NamespaceOption,
        ApiServerCommand.Create(),
        ApplyCommand.Create(),
        CompletionCommand.Create(),
        DescribeCommand.Create(),
        DiffCommand.Create(),
        GetCommand.Create(),
        HubCommand.Create(),
        LogsCommand.Create(),
        PlanCommand.Create(),
        RolloutCommand.Create(),
        SiteCommand.Create(),
        StatusCommand.Create(),
        UpCommand.Create(),
        WaitCommand.Create(),
    };
}
