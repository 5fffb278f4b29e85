using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Api;
using Flotilla.Api.Fleets;
using Flotilla.Api.Releases;
using Flotilla.Api.Sites;
using Flotilla.Cli.Connections;
using Flotilla.Cli.Output;
using Flotilla.Core.Releases.Changes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Planning;

/// <summary>What a fleet's sites have before them.</summary>
/// <param name="Fleet">The fleet.</param>
/// <param name="Groups">Sites that go the same way.</param>
internal sealed record PendingFleet(Fleet Fleet, IReadOnlyList<PendingGroup> Groups);

/// <summary>Sites that go from one revision to another.</summary>
/// <param name="From">The revision that they run; null for none yet.</param>
/// <param name="To">The revision that they are to run.</param>
/// <param name="Sites">Their names.</param>
/// <param name="Given">How many of them have it as their target already.</param>
/// <param name="Components">What that does to components, as far as the hub still has both releases.</param>
internal sealed record PendingGroup(string? From, string To, IReadOnlyList<string> Sites, int Given, IReadOnlyList<ComponentChange> Components);

/// <summary>What the hub is about to do: what sites are meant to run against what they run.</summary>
internal static class PendingChanges
{
    private const int MostNames = 3;

    public static async Task<IReadOnlyList<PendingFleet>> ReadAsync(HubConnection hub, CancellationToken cancellation)
    {
        var world = await DeclaredWorld.ReadAsync(hub, cancellation);
        var pending = new List<PendingFleet>();
        foreach (var fleet in world.Fleets)
        {
            var current = fleet.Status?.Revision?.Current;
            var groups = new List<PendingGroup>();
            var members = world.Sites.Where(s => s.Metadata.Namespace == fleet.Metadata.Namespace && s.Status?.Target?.Fleet == fleet.Metadata.Name);
            foreach (var group in members.Where(site => IsPending(site.Status!, current)).GroupBy(site => (From: site.Status!.Applied?.Revision, To: current ?? site.Status.Target!.Revision)))
            {
                var there = world.Sites.FirstOrDefault(s => s.Status?.Target?.Revision == group.Key.To);
                var changes = Compare(
                    await DocumentAsync(hub, group.First().Status!.Applied?.Release, cancellation), await DocumentAsync(hub, there?.Status?.Target?.Release, cancellation));
                groups.Add(new PendingGroup(
                    group.Key.From, group.Key.To, [.. group.Select(s => s.Metadata.Name)], group.Count(s => s.Status!.Target!.Revision == group.Key.To), changes));
            }
            pending.Add(new PendingFleet(fleet, [.. groups.OrderByDescending(g => g.Sites.Count).ThenBy(g => g.From, StringComparer.Ordinal)]));
        }
        return pending;
    }

    public static void Write(TextWriter output, IReadOnlyList<PendingFleet> fleets, bool wide)
    {
        if (fleets.All(f => f.Groups.Count == 0))
        {
            output.WriteLine(fleets.Count == 0 ? "No fleets: nothing is planned." : "Every site runs what it is meant to run: nothing is planned.");
            return;
        }
        var table = new TextTable("Fleet", "From", "To", "Sites", "Given", "Changes", "Which");
        foreach (var (fleet, groups) in fleets)
        {
            foreach (var group in groups)
            {
                table.Add(
                    $"{fleet.Metadata.Namespace}/{fleet.Metadata.Name}{(fleet.Spec.Paused ? " (paused)" : "")}", Digests.Short(group.From), Digests.Short(group.To),
                    Text(group.Sites.Count), Text(group.Given), Changes(group.Components),
                    wide || group.Sites.Count <= MostNames ? string.Join(", ", group.Sites) : $"{string.Join(", ", group.Sites.Take(MostNames))}, …");
            }
        }
        table.Write(output);
    }

    public static JsonObject Document(IReadOnlyList<PendingFleet> fleets) => new()
    {
        ["fleets"] = new JsonArray([.. fleets.Select(f => (JsonNode)new JsonObject
        {
            ["namespace"] = f.Fleet.Metadata.Namespace,
            ["name"] = f.Fleet.Metadata.Name,
            ["paused"] = f.Fleet.Spec.Paused,
            ["groups"] = new JsonArray([.. f.Groups.Select(g => (JsonNode)new JsonObject
            {
                ["from"] = g.From,
                ["to"] = g.To,
                ["given"] = g.Given,
                ["sites"] = new JsonArray([.. g.Sites.Select(s => (JsonNode)s)]),
                ["components"] = new JsonArray([.. g.Components.Select(c => (JsonNode)new JsonObject { ["name"] = c.Name, ["before"] = c.Before, ["after"] = c.After })]),
            })]),
        })]),
    };

    private static bool IsPending(SiteStatus status, string? current) =>
        status.Applied?.Release != status.Target!.Release || (current is not null && status.Target.Revision != current);

    private static async Task<ReleaseDocument?> DocumentAsync(HubConnection hub, string? release, CancellationToken cancellation)
    {
        if (release is null)
            return null;
        var gateway = await hub.GatewayAsync(cancellation);
        if (await gateway.ContentAsync(release, cancellation) is not { } manifest
            || JsonText.Parse(manifest).Object("config").String("digest") is not { } config
            || await gateway.ContentAsync(config, cancellation) is not { } document)
        {
            return null;
        }
        return JsonSerializer.Deserialize(document, ApiJson.Default.ReleaseDocument);
    }

    private static IReadOnlyList<ComponentChange> Compare(ReleaseDocument? before, ReleaseDocument? after)
    {
        if (after is null)
            return [];
        var old = (before?.Components ?? []).ToDictionary(c => c.Name, c => c.Version, StringComparer.Ordinal);
        var now = after.Components.ToDictionary(c => c.Name, c => c.Version, StringComparer.Ordinal);
        return
        [
            .. old.Keys.Union(now.Keys).Order(StringComparer.Ordinal).Select(n => (Name: n, Old: old.GetValueOrDefault(n), New: now.GetValueOrDefault(n)))
                .Where(c => c.Old != c.New)
                .Select(c => new ComponentChange(c.Name, c.Old is null ? ChangeKind.Added : c.New is null ? ChangeKind.Removed : ChangeKind.Changed, c.Old, c.New)),
        ];
    }

    private static string Changes(IReadOnlyList<ComponentChange> components) =>
        components.Count == 0 ? "values" : string.Join(", ", components.Select(c => c.Kind switch
        {
            ChangeKind.Added => $"+{c.Name} {c.After}",
            ChangeKind.Removed => $"-{c.Name}",
            _ => $"{c.Name} {c.Before} → {c.After}",
        }));

    private static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);
}
