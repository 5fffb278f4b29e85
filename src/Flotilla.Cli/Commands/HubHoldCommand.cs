using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Flotilla.Api.Sites;
using Flotilla.Cli.Connections;
using Flotilla.Cli.Output;
using Flotilla.Cli.Planning;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Commands;

/// <summary>What a hub waits for that was restored from a backup: <c>flotilla hub hold|release</c>.</summary>
internal static class HubHoldCommand
{
    private const int MostNamed = 20;
    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Release although sites would be changed." };

    public static IEnumerable<Command> Create() =>
    [
        new Command("hold", "Tell whether the hub is held, why, and which sites have told what they run since.").Does(ShowAsync),
        new Command("release", "Let a hub that is held change sites again.") { Yes }.Does(ReleaseAsync),
    ];

    private static async Task<int> ShowAsync(HubConnection hub, ParseResult arguments, CancellationToken cancellation)
    {
        var standing = await StandingAsync(hub, cancellation);
        if (standing.Object("hold") is not { } hold)
        {
            arguments.Out.WriteLine($"not held; epoch {standing.Member("epoch")}, opened {standing.String("opened")}");
            return ExitCodes.Done;
        }
        arguments.Out.WriteLine($"held since {hold.String("since")}: {hold.String("reason")}");
        arguments.Out.WriteLine(hold.String("message"));
        var sites = await SitesAsync(hub, cancellation);
        var opened = Time(standing.String("opened")) ?? DateTimeOffset.MaxValue;
        arguments.Out.WriteLine($"sites heard of since: {sites.Count(s => s.Seen >= opened)} of {sites.Count}");
        foreach (var site in sites.Where(s => s.WouldMove).Take(MostNamed))
            arguments.Out.WriteLine($"  {site.Name} runs {site.Target}, declared is {site.Declared}");
        return ExitCodes.Done;
    }

    private static async Task<int> ReleaseAsync(HubConnection hub, ParseResult arguments, CancellationToken cancellation)
    {
        if ((await StandingAsync(hub, cancellation)).Object("hold") is null)
        {
            arguments.Out.WriteLine("the hub is not held");
            return ExitCodes.Done;
        }
        var moving = (await SitesAsync(hub, cancellation)).Where(s => s.WouldMove).ToList();
        if (moving.Count > 0 && !arguments.GetValue(Yes))
        {
            throw new CommandException(
                $"{moving.Count} {(moving.Count == 1 ? "site runs" : "sites run")} something else than is declared now, as {moving[0].Name} ({moving[0].Target}; declared: {moving[0].Declared}), and would be changed.\n"
                + "Apply the declarations of today first (`flotilla apply`), or say --yes to take them to what is declared.");
        }
        await (await hub.GatewayAsync(cancellation)).PostAsync("/v1/hub/release", null, cancellation);
        arguments.Out.WriteLine("released; sites that were not heard of yet get nothing before they have told what they run");
        return ExitCodes.Done;
    }

    private static async Task<JsonNode?> StandingAsync(HubConnection hub, CancellationToken cancellation) =>
        await (await hub.GatewayAsync(cancellation)).GetAsync("/v1/hub", cancellation);

    /// <summary>The sites of all fleets. Who belongs to which is asked of the selectors: what a lost ledger adopted names no fleet.</summary>
    private static async Task<IReadOnlyList<HeldSite>> SitesAsync(HubConnection hub, CancellationToken cancellation)
    {
        var (world, gateway) = (await DeclaredWorld.ReadAsync(hub, cancellation), await hub.GatewayAsync(cancellation));
        var sites = new List<HeldSite>();
        foreach (var fleet in world.Fleets)
        {
            // The ledger hears of a site each time; its object only when something else changed.
            var answer = await gateway.FindAsync($"/v1/namespaces/{fleet.Metadata.Namespace}/fleets/{fleet.Metadata.Name}/sites", cancellation);
            var seen = (answer.Array("sites") ?? []).ToDictionary(s => s.String("site") ?? "", s => Time(s.String("lastSeen")), StringComparer.Ordinal);
            foreach (var site in Membership.Of(fleet, world))
            {
                var name = new SiteName(site.Metadata.Namespace, site.Metadata.Name).ToString();
                sites.Add(new HeldSite(name, site.Status?.Target?.Revision, fleet.Status?.Revision?.Current, seen.GetValueOrDefault(name) ?? site.Status?.LastSeen));
            }
        }
        return sites;
    }

    private static DateTimeOffset? Time(string? text) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time : null;

    private sealed record HeldSite(string Name, string? Target, string? Declared, DateTimeOffset? Seen)
    {
        public bool WouldMove => Target is not null && Declared is not null && Target != Declared;
    }
}
