using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Api;
using Flotilla.Api.Fleets;
using Flotilla.Api.Sites;
using Flotilla.Cli.Connections;
using Flotilla.Cli.Output;
using Flotilla.Kubernetes.Client;

namespace Flotilla.Cli.Commands;

/// <summary><c>flotilla status</c>: fleets at a glance, and the sites that are not as they should be.</summary>
internal static class StatusCommand
{
    private const int MostTroubles = 20;
    private static readonly Argument<string?> Name = new Argument<string?>("fleet") { Description = "One fleet.", Arity = ArgumentArity.ZeroOrOne }.CompletedBy(Kinds.Fleet);
    private static readonly Option<bool> Here = new("--here") { Description = "Only the namespace of --namespace or the context." };
    private static readonly Option<OutputFormat> Output = Format.Option(OutputFormat.Table, OutputFormat.Json, OutputFormat.Yaml);

    public static Command Create() =>
        new Command("status", "Show all fleets at a glance, and which sites need a look.") { Name, Here, Output }.Does(RunAsync);

    private static async Task<int> RunAsync(HubConnection hub, ParseResult arguments, CancellationToken cancellation)
    {
        var ns = arguments.GetValue(Here) || arguments.GetValue(HubConnection.NamespaceOption) is not null || arguments.GetValue(Name) is not null ? hub.Namespace : null;
        var name = arguments.GetValue(Name);
        var fleets = (await hub.Api.ListAsync(Kinds.Fleet, ns, ListOptions.All, cancellation)).Items
            .Select(item => item.Deserialize(ApiJson.Default.Fleet)!)
            .Where(fleet => name is null || fleet.Metadata.Name == name)
            .ToList();
        if (name is not null && fleets.Count == 0)
            throw new CommandException($"there is no fleet {name} in namespace {ns}: `flotilla get fleets -A` lists them");
        var sites = (await hub.Api.ListAsync(Kinds.Site, ns, ListOptions.All, cancellation)).Items
            .Select(item => item.Deserialize(ApiJson.Default.Site)!)
            .Where(site => name is null || site.Status?.Target?.Fleet == name)
            .ToList();
        var format = arguments.GetValue(Output);
        if (format == OutputFormat.Table)
            Write(arguments.Out, fleets, sites);
        else
            Format.Write(arguments.Out, Document(fleets, sites), format);
        return ExitCodes.Done;
    }

    private static void Write(TextWriter output, List<Fleet> fleets, List<Site> sites)
    {
        if (fleets.Count == 0)
        {
            output.WriteLine("No fleets. `flotilla apply -f FILES` declares one; samples/ has three to begin with.");
            return;
        }
        var table = new TextTable("Fleet", "Stack", "Sites", "In sync", "Up to date", "Healthy", "Changing", "Away", "Silent", "Failed", "Revision", "State");
        foreach (var fleet in fleets)
        {
            var status = fleet.Status ?? new FleetStatus();
            table.Add(
                $"{fleet.Metadata.Namespace}/{fleet.Metadata.Name}", fleet.Spec.Stack, Text(status.Sites), Text(status.InSync), Text(status.UpToDate), Text(status.Healthy),
                Text(status.Changing), Text(status.Away), Text(status.Silent), Text(status.Failed), Digests.Short(status.Revision?.Current), StateOf(fleet));
        }
        table.Write(output);

        var troubled = sites.Select(site => (Site: site, Trouble: Troubles.Of(site))).Where(pair => pair.Trouble is not null).ToList();
        if (troubled.Count == 0)
            return;
        output.WriteLine();
        var list = new TextTable("Site", "Last seen", "Reason", "What it says");
        foreach (var (site, trouble) in troubled.Take(MostTroubles))
            list.Add($"{site.Metadata.Namespace}/{site.Metadata.Name}", Ages.Since(site.Status?.LastSeen, DateTimeOffset.UtcNow), trouble!.Reason, trouble.Message);
        list.Write(output);
        if (troubled.Count > MostTroubles)
            output.WriteLine($"… and {troubled.Count - MostTroubles} more: flotilla status -o json");
    }

    private static JsonObject Document(List<Fleet> fleets, List<Site> sites) => new()
    {
        ["fleets"] = new JsonArray([.. fleets.Select(f => JsonSerializer.SerializeToNode(f, ApiJson.Default.Fleet))]),
        ["troubles"] = new JsonArray([.. sites.Select(site => (Site: site, Trouble: Troubles.Of(site))).Where(pair => pair.Trouble is not null).Select(pair => (JsonNode)new JsonObject
        {
            ["site"] = $"{pair.Site.Metadata.Namespace}/{pair.Site.Metadata.Name}",
            ["condition"] = pair.Trouble!.Type,
            ["reason"] = pair.Trouble.Reason,
            ["message"] = pair.Trouble.Message,
        })]),
    };

    /// <summary>Ready, or the first thing that keeps it from that.</summary>
    private static string StateOf(Fleet fleet) =>
        fleet.Status?.Conditions.FirstOrDefault(c => c.Type == "Ready") is not { } ready ? "not looked at yet"
        : ready.Status == ConditionStatus.True ? "Ready"
        : ready.Message.Length > 0 ? $"{ready.Reason}: {ready.Message}" : ready.Reason;

    private static string Text(int count) => count.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
