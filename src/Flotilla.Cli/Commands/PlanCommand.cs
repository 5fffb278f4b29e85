using System.CommandLine;
using Flotilla.Cli.Connections;
using Flotilla.Cli.Output;
using Flotilla.Cli.Planning;

namespace Flotilla.Cli.Commands;

/// <summary><c>flotilla plan</c>: what a change would do, or what the hub is about to do.</summary>
internal static class PlanCommand
{
    private static readonly Option<string[]> Files = ApplyCommand.FilesOption(required: false);
    private static readonly Option<bool> Code = new("--exit-code") { Description = "Exit with 5 when something would change." };
    private static readonly Option<OutputFormat> Output = Format.Option(OutputFormat.Table, OutputFormat.Wide, OutputFormat.Json, OutputFormat.Yaml);

    public static Command Create() => new Command(
        "plan", "Show what declarations would change, and write nothing; without any, what the hub is about to do.") { Files, Code, Output }.Does(RunAsync);

    private static async Task<int> RunAsync(HubConnection hub, ParseResult arguments, CancellationToken cancellation)
    {
        var format = arguments.GetValue(Output);
        if (arguments.GetValue(Files) is not { Length: > 0 })
        {
            var pending = await PendingChanges.ReadAsync(hub, cancellation);
            if (format is OutputFormat.Table or OutputFormat.Wide)
                PendingChanges.Write(arguments.Out, pending, format == OutputFormat.Wide);
            else
                Format.Write(arguments.Out, PendingChanges.Document(pending), format);
            return arguments.GetValue(Code) && pending.Any(p => p.Groups.Count > 0) ? ExitCodes.Different : ExitCodes.Done;
        }
        var proposal = await Proposal.ReadAsync(hub, arguments, Files, cancellation);
        var plans = await proposal.PlanAsync(_ => true, _ => true, cancellation);
        if (format is OutputFormat.Table or OutputFormat.Wide)
            new PlanTable(arguments.Out, format == OutputFormat.Wide).Write(plans);
        else
            Format.Write(arguments.Out, PlanDocument.Of(plans), format);
        if (plans.Any(p => p.Plan.Problems.Count > 0))
            throw new CommandException("not everything can be applied as it is; the plan says what to mend", ExitCodes.Refused);
        return arguments.GetValue(Code) && plans.Any(p => p.ChangesAnything) ? ExitCodes.Different : ExitCodes.Done;
    }
}
