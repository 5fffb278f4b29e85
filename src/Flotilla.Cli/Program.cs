using Flotilla.Cli;
using Flotilla.Cli.Output;

return await CommandLine.Create().Parse(args).InvokeAsync(new Terminal());
