using System.CommandLine;
using Flotilla.Cli.Commands;
using Flotilla.Cli.Connections;

var root = new RootCommand("Flotilla manages fleets of Kubernetes sites.")
{
    HubConnection.KubeconfigOption,
    HubConnection.ContextOption,
    HubConnection.NamespaceOption,
    ApiServerCommand.Create(),
    GetCommand.Create(),
    LogsCommand.Create(),
    SiteCommand.Create(),
    StatusCommand.Create(),
    WaitCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
