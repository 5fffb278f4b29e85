using System.CommandLine;
using Flotilla.Cli.Commands;
using Flotilla.Cli.Connections;

namespace Flotilla.Cli;

/// <summary>All commands.</summary>
internal static class CommandLine
{
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
        LogsCommand.Create(),
        PlanCommand.Create(),
        SiteCommand.Create(),
        StatusCommand.Create(),
        WaitCommand.Create(),
    };
}
