using System.CommandLine;
using Flotilla.Cli.Connections;
using Flotilla.Cli.Output;
using Flotilla.Cli.Planning;
using Flotilla.Core;
using Flotilla.Core.Rollouts.Forecasts;

namespace Flotilla.Cli.Commands;

/// <summary><c>flotilla plan</c>: what a change would do, or what the hub is about to do.</summary>
internal static class PlanCommand
{
    private const string Never = "never";
    private static readonly Option<string[]> Files = ApplyCommand.FilesOption(required: false);
    private static readonly Option<bool> Code = new("--exit-code") { Description = "Exit with 5 when something would change." };
    private static readonly Option<bool> Foresees = new("--forecast") { Description = "With -f: say when the rollouts would be through." };
    private static readonly Option<string> Approvals = ApprovalsOption();
    private static readonly Option<OutputFormat> Output = Format.Option(OutputFormat.Table, OutputFormat.Wide, OutputFormat.Json, OutputFormat.Yaml);

    public static Command Create() => new Command(
        "plan", "Show what declarations would change, and write nothing; without any, what the hub is about to do.") { Files, Foresees, Approvals, Code, Output }.Does(RunAsync);

    private static async Task<int> RunAsync(HubConnection hub, ParseResult arguments, CancellationToken cancellation)
    {
        var format = arguments.GetValue(Output);
        if (arguments.GetValue(Files) is not { Length: > 0 })
        {
            if (arguments.GetValue(Foresees))
                throw new CommandException("--forecast foresees what files would begin: name them with -f; `flotilla rollout show` foresees a rollout that runs", ExitCodes.Usage);
            var pending = await PendingChanges.ReadAsync(hub, cancellation);
            if (format is OutputFormat.Table or OutputFormat.Wide)
                PendingChanges.Write(arguments.Out, pending, format == OutputFormat.Wide);
            else
                Format.Write(arguments.Out, PendingChanges.Document(pending), format);
            return arguments.GetValue(Code) && pending.Any(p => p.Groups.Count > 0) ? ExitCodes.Different : ExitCodes.Done;
        }
        var proposal = await Proposal.ReadAsync(hub, arguments, Files, cancellation);
        var plans = await proposal.PlanAsync(_ => true, _ => true, cancellation);
        IReadOnlyDictionary<string, Forecast> forecasts = arguments.GetValue(Foresees)
            ? await proposal.ForecastAsync(plans, Assumed(arguments.GetValue(Approvals)!), cancellation)
            : new Dictionary<string, Forecast>();
        if (format is OutputFormat.Table or OutputFormat.Wide)
            new PlanTable(arguments.Out, format == OutputFormat.Wide).Write(plans, forecasts);
        else
            Format.Write(arguments.Out, PlanDocument.Of(plans, forecasts), format);
        if (plans.Any(p => p.Plan.Problems.Count > 0))
            throw new CommandException("not everything can be applied as it is; the plan says what to mend", ExitCodes.Refused);
        return arguments.GetValue(Code) && plans.Any(p => p.ChangesAnything) ? ExitCodes.Different : ExitCodes.Done;
    }

    /// <summary>The option <c>--approvals</c>.</summary>
    private static Option<string> ApprovalsOption()
    {
        var option = new Option<string>("--approvals") { Description = "How long approvals are expected to take, as 24h, or never.", HelpName = "TIME", DefaultValueFactory = _ => "0s" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.Tokens[0].Value is var text && text != Never && DeclaredDuration.Parse(text) is null)
                result.AddError($"--approvals {text}: write a duration as 24h, or {Never}.");
        });
        return option;
    }

    private static ForecastAssumptions Assumed(string approvals) => new() { Approval = approvals == Never ? null : DeclaredDuration.Parse(approvals) };
}
