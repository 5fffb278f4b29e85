using Flotilla.Cli;
using Flotilla.Cli.Output;

return await CommandLine.RunAsync(CommandLine.Create(), args, new Terminal(), CancellationToken.None);
