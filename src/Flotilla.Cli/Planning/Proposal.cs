using System.CommandLine;
using Flotilla.Api.Fleets;
using Flotilla.Api.Sites;
using Flotilla.Cli.Connections;
using Flotilla.Cli.Declarations;
using Flotilla.Cli.Output;
using Flotilla.Core.Rollouts.Forecasts;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Planning;

/// <summary>Declarations that somebody thinks of applying, beside what the hub has.</summary>
internal sealed class Proposal
{
    private readonly HubConnection hub;
    private readonly DeclaredWorld before;
    private readonly DeclaredWorld after;
    private readonly FleetPlanning planning;
    private readonly HashSet<string> namespaces;
    private readonly ManifestContent content;
    private readonly TextWriter error;

    private Proposal(HubConnection hub, DeclaredWorld before, DeclaredWorld after, HashSet<string> namespaces, ManifestContent content, TextWriter error)
    {
        (this.hub, this.before, this.after, this.namespaces, this.content, this.error) = (hub, before, after, namespaces, content, error);
        planning = new FleetPlanning(before, after, content);
    }

    /// <summary>Reads and checks declarations.</summary>
    /// <exception cref="CommandException">They have problems, which are printed.</exception>
    public static async Task<Proposal> ReadAsync(HubConnection hub, ParseResult arguments, Option<string[]> files, CancellationToken cancellation)
    {
        var set = await DeclarationReading.ReadAsync(hub, arguments, files, cancellation);
        var before = await DeclaredWorld.ReadAsync(hub, cancellation);
        var after = await before.WithAsync(hub, set.Objects, cancellation);
        var content = new ManifestContent(hub, set.Uploads);
        var namespaces = set.Objects.Where(DeclaredWorld.IsOurs).Select(o => o.Object("metadata").String("namespace")!).ToHashSet(StringComparer.Ordinal);
        return new Proposal(hub, before, after, namespaces, content, arguments.Error);
    }

    /// <summary>Plans the fleets that are concerned.</summary>
    public async Task<IReadOnlyList<PlannedFleet>> PlanAsync(Func<Fleet, bool> picks, Func<Site, bool> picksSite, CancellationToken cancellation)
    {
        var plans = await planning.PlanAsync(fleet => namespaces.Contains(fleet.Metadata.Namespace) && picks(fleet), picksSite, cancellation);
        foreach (var trouble in content.Troubles)
            await error.WriteLineAsync(trouble);
        return plans;
    }

    /// <summary>Foresees the rollouts that would begin, by the names of their fleets.</summary>
    public async Task<IReadOnlyDictionary<string, Forecast>> ForecastAsync(IReadOnlyList<PlannedFleet> plans, ForecastAssumptions assumptions, CancellationToken cancellation)
    {
        var forecasts = new Dictionary<string, Forecast>(StringComparer.Ordinal);
        var making = new FleetForecasting(hub, after, assumptions, TimeProvider.System);
        foreach (var fleet in after.Fleets)
        {
            var (ns, name) = (fleet.Metadata.Namespace, fleet.Metadata.Name);
            // A rollout begins for another revision; other values of a site go to it apart.
            if (!plans.Any(p => p.Namespace == ns && p.Plan.Fleet == name && p.ChangesAnything && p.Plan.To != p.Plan.From))
                continue;
            if ((await planning.CompileAsync(after, ns, fleet.Spec.Stack, cancellation)).Revision is not { } revision)
                continue;
            var was = before.Fleets.FirstOrDefault(f => f.Metadata.Namespace == ns && f.Metadata.Name == name);
            var old = was is null ? null : (await planning.CompileAsync(before, ns, was.Spec.Stack, cancellation)).Revision;
            forecasts[$"{ns}/{name}"] = await making.MakeAsync(fleet, old, revision, cancellation);
        }
        return forecasts;
    }
}
