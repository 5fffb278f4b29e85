using System.CommandLine;
using System.IO.Enumeration;
using Flotilla.Cli.Connections;
using Flotilla.Cli.Output;
using Flotilla.Cli.Planning;
using Flotilla.Core.Applying;
using Flotilla.Core.Releases.Changes;

namespace Flotilla.Cli.Commands;

/// <summary><c>flotilla diff</c>: the objects of sites as they are meant to be now, and as they would be.</summary>
internal static class DiffCommand
{
    private const int MostNames = 3;
    private static readonly Option<string[]> Files = ApplyCommand.FilesOption(required: true);
    private static readonly Option<string?> OfFleet = new Option<string?>("--fleet") { Description = "Only this fleet.", HelpName = "NAME" }.CompletedBy(Kinds.Fleet);
    private static readonly Option<string?> OfSite = new Option<string?>("--site") { Description = "Only this site; otherwise one of each group of sites to which the same happens.", HelpName = "NAME" }.CompletedBy(Kinds.Site);
    private static readonly Option<string?> OfObject = new("--object") { Description = "Only objects with this name, KIND/NAME or id; * stands for any characters.", HelpName = "OBJECT" };

    public static Command Create() =>
        new Command("diff", "Show line by line what declarations would change at sites, and write nothing. Exits with 5 when something would.") { Files, OfFleet, OfSite, OfObject }.Does(RunAsync);

    private static async Task<int> RunAsync(HubConnection hub, ParseResult arguments, CancellationToken cancellation)
    {
        var (fleet, site, wanted) = (arguments.GetValue(OfFleet), arguments.GetValue(OfSite), arguments.GetValue(OfObject));
        var proposal = await Proposal.ReadAsync(hub, arguments, Files, cancellation);
        var plans = await proposal.PlanAsync(f => fleet is null || f.Metadata.Name == fleet, s => site is null || s.Metadata.Name == site, cancellation);
        if (plans.Count == 0 && fleet is not null)
            throw new CommandException($"these declarations concern no fleet {fleet}: `flotilla plan -f` shows which they do");
        if (site is not null && plans.All(p => p.Plan.Touched + p.Plan.Untouched == 0))
            throw new CommandException($"no fleet that these declarations concern has a site {site}: `flotilla get sites -A` lists all");
        var different = false;
        foreach (var planned in plans)
        {
            foreach (var problem in planned.Plan.Problems)
                await arguments.Error.WriteLineAsync($"fleet {planned.Name}: {problem}");
            if (planned.Behind.Count > 0)
                await arguments.Error.WriteLineAsync($"fleet {planned.Name}: not yet given what is declared now, so their difference is larger: {string.Join(", ", planned.Behind.Take(MostNames))}{(planned.Behind.Count > MostNames ? ", …" : "")}");
            foreach (var group in planned.Plan.Groups)
                different |= Write(arguments.Out, planned, group, wanted);
        }
        if (plans.Any(p => p.Plan.Problems.Count > 0))
            throw new CommandException("not everything can be applied as it is", ExitCodes.Refused);
        return different ? ExitCodes.Different : ExitCodes.Done;
    }

    private static bool Write(TextWriter output, PlannedFleet planned, SiteGroup group, string? wanted)
    {
        var changes = group.Changes.Objects.Where(o => wanted is null || Fits(wanted, o.Id)).ToList();
        if (changes.Count == 0)
            return false;
        var others = group.Sites.Count == 1 ? "" : group.Sites.Count == 2 ? " (and 1 more site)" : $" (and {group.Sites.Count - 1} more sites)";
        output.Write($"# fleet {planned.Name}, site {group.Sites[0]}{others}\n");
        foreach (var change in changes)
            output.Write(UnifiedDiff.Of(change));
        return true;
    }

    private static bool Fits(string wanted, ObjectId id) =>
        new[] { id.Name, $"{id.Kind}/{id.Name}", $"{id.Kind}/{id.Namespace}/{id.Name}", id.ToString() }.Any(text => FileSystemName.MatchesSimpleExpression(wanted, text));
}
