using System.CommandLine;
using System.Globalization;
using Flotilla.Cli.Ups;
using Flotilla.Hub.Identity;
using Flotilla.Hub.Ledger;
using Flotilla.Kubernetes.Text;

namespace Flotilla.Cli.Commands;

/// <summary><c>flotilla up</c>: a hub, simulated sites and a fleet, from nothing.</summary>
internal static class UpCommand
{
    private const int MostSites = 10_000;

    private static readonly Option<int> Sites = new("--sites")
    {
        Description = "How many simulated sites: of five, three are stores, one is a ship and one an aircraft.",
        HelpName = "N",
        DefaultValueFactory = _ => 10,
        CustomParser = argument =>
        {
            if (int.TryParse(argument.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= MostSites)
                return number;
            argument.AddError($"--sites is a number from 0 to {MostSites}.");
            return 0;
        },
    };

    private static readonly Option<DirectoryInfo> Data = new("--data")
    {
        Description = "Folder of hub and sites; a second `up` on it goes on where the first was stopped.",
        HelpName = "DIR",
        DefaultValueFactory = _ => new DirectoryInfo(Path.Combine(".flotilla", "up")),
    };

    private static readonly Option<string[]> From = new("--from") { Description = "Declarations to begin with, in the place of the samples.", HelpName = "DIR" };
    private static readonly Option<string?> Until = new("--until") { Description = "End when all fleets have converged, instead of running until Ctrl-C.", HelpName = "converged" };
    private static readonly Option<string> Timeout = new("--timeout") { Description = "With --until: how long that may take.", HelpName = "DURATION", DefaultValueFactory = _ => "10m" };

    public static Command Create()
    {
        var command = new Command("up", "Start a hub with simulated sites and a fleet of samples, all in this process.") { Sites, Data, From, Until, Timeout };
        command.Validators.Add(result =>
        {
            if (result.GetValue(Until) is { } until && until != "converged")
                result.AddError($"--until {until}: the only thing to wait for is \"converged\".");
            if (GoDuration.ParseTimeSpan(result.GetValue(Timeout) ?? "10m") is not { Ticks: > 0 })
                result.AddError($"--timeout {result.GetValue(Timeout)}: write a duration as 90s, 5m or 1h.");
        });
        command.SetAction((arguments, cancellation) => CommandRunner.GuardAsync(
            () => RunAsync(arguments, cancellation), arguments.InvocationConfiguration.Error, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var options = new UpOptions(arguments.GetValue(Data)!.FullName, arguments.GetValue(Sites), arguments.GetValue(From) ?? []);
        var output = arguments.InvocationConfiguration.Output;
        UpWorld world;
        try
        {
            world = await UpWorld.StartAsync(options, output, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or LedgerException or HubIdentityException)
        {
            throw new CommandException(e.Message, inner: e);
        }
        await using (world)
        {
            world.Introduce(output);
            var progress = new UpProgress(world, output);
            if (arguments.GetValue(Until) is null)
            {
                await progress.RunAsync(untilConverged: false, cancellation);
                return ExitCodes.Done;
            }
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(GoDuration.ParseTimeSpan(arguments.GetValue(Timeout)!)!.Value);
            if (await progress.RunAsync(untilConverged: true, limit.Token))
                return ExitCodes.Done;
            cancellation.ThrowIfCancellationRequested();
            throw new CommandException(
                $"not converged within {arguments.GetValue(Timeout)}. `flotilla status --kubeconfig {world.KubeconfigFile}` needs a running hub: start it again without --until, and look", ExitCodes.TimedOut);
        }
    }
}
