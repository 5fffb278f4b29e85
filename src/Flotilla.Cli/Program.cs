using System.CommandLine;
using Flotilla.Cli.Commands;

var root = new RootCommand("Flotilla manages fleets of Kubernetes sites.")
{
    ApiServerCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
