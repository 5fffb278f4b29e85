using System.CommandLine;
using Flotilla.Api.Fleets;
using Flotilla.Api.Sites;
using Flotilla.Cli.Connections;
using Flotilla.Cli.Declarations;
using Flotilla.Cli.Output;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Planning;

/// <summary>Declarations that somebody thinks of applying, beside what the hub has.</summary>
internal sealed class Proposal
{
    private readonly FleetPlanning planning;
    private readonly HashSet<string> namespaces;
    private readonly ManifestContent content;
    private readonly TextWriter error;

    private Proposal(FleetPlanning planning, HashSet<string> namespaces, ManifestContent content, TextWriter error) =>
        (this.planning, this.namespaces, this.content, this.error) = (planning, namespaces, content, error);

    /// <summary>Reads and checks declarations.</summary>
    /// <exception cref="CommandException">They have problems, which are printed.</exception>
    public static async Task<Proposal> ReadAsync(HubConnection hub, ParseResult arguments, Option<string[]> files, CancellationToken cancellation)
    {
        var set = await DeclarationReading.ReadAsync(hub, arguments, files, cancellation);
        var before = await DeclaredWorld.ReadAsync(hub, cancellation);
        var after = await before.WithAsync(hub, set.Objects, cancellation);
        var content = new ManifestContent(hub, set.Uploads);
        var namespaces = set.Objects.Where(DeclaredWorld.IsOurs).Select(o => o.Object("metadata").String("namespace")!).ToHashSet(StringComparer.Ordinal);
        return new Proposal(new FleetPlanning(before, after, content), namespaces, content, arguments.Error);
    }

    /// <summary>Plans the fleets that are concerned.</summary>
    public async Task<IReadOnlyList<PlannedFleet>> PlanAsync(Func<Fleet, bool> picks, Func<Site, bool> picksSite, CancellationToken cancellation)
    {
        var plans = await planning.PlanAsync(fleet => namespaces.Contains(fleet.Metadata.Namespace) && picks(fleet), picksSite, cancellation);
        foreach (var trouble in content.Troubles)
            await error.WriteLineAsync(trouble);
        return plans;
    }
}
