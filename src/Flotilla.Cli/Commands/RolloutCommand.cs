using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Api;
using Flotilla.Api.Rollouts;
using Flotilla.Cli.Connections;
using Flotilla.Cli.Describing;
using Flotilla.Cli.Output;
using Flotilla.Core.Rollouts.Forecasts;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.Cli.Commands;

/// <summary><c>flotilla rollout</c>: see rollouts, and decide about them.</summary>
internal static class RolloutCommand
{
    private const int PatchTries = 10;
    private static readonly Argument<string> Name = new Argument<string>("rollout") { Description = "Name of the Rollout." }.CompletedBy(Kinds.Rollout);
    private static readonly Argument<string> Site = new Argument<string>("site") { Description = "Name of the Site." }.CompletedBy(Kinds.Site);
    private static readonly Argument<string> Gate = new("gate") { Description = "The gate, as WAVE/after/0; `flotilla rollout show` names it." };
    private static readonly Option<string> By = new("--by") { Description = "Who approves.", DefaultValueFactory = _ => Environment.UserName };
    private static readonly Option<string> Note = new("--note") { Description = "Why.", DefaultValueFactory = _ => "" };

    public static Command Create() =>
        new Command("rollout", "See rollouts, and decide about them.")
        {
            new Command("list", "Show all rollouts, the newest first.").Does(ListAsync),
            new Command("show", "Show one with its waves, what it waits for, and its story.") { Name }.Does(ShowAsync),
            new Command("watch", "Show one, again whenever it changes, until it is over.") { Name }.Does(WatchAsync),
            new Command("explain", "Say where a site is in its rollout, and why.") { Site }.Does(ExplainAsync),
            new Command("pause", "Give no further permits; what has not begun is taken back.") { Name }.Does((h, a, c) => PatchAsync(h, a, RolloutVerb.Pause, _ => new JsonObject { ["paused"] = true }, "paused", c)),
            new Command("resume", "Go on, and accept the failures that there are.") { Name }.Does((h, a, c) => PatchAsync(
                h, a, RolloutVerb.Resume, _ => new JsonObject { ["paused"] = false, ["resumedAt"] = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture) }, "resumed", c)),
            new Command("approve", "Let it pass a gate.") { Name, Gate, By, Note }.Does(ApproveAsync),
            new Command("skip", "Leave a site out.") { Name, Site }.Does((h, a, c) => PatchAsync(h, a, RolloutVerb.Skip, r => new JsonObject
            {
                ["skip"] = new JsonArray([.. r.Spec.Skip.Append(a.GetValue(Site)!).Distinct().Select(s => (JsonNode)s)]),
            }, $"leaves {a.GetValue(Site)} out", c)),
            new Command("retry", "Give a failed site another permit.") { Name, Site }.Does((h, a, c) => PatchAsync(h, a, RolloutVerb.Retry, r => new JsonObject { ["retry"] = Retries(r, a.GetValue(Site)!) }, $"tries {a.GetValue(Site)} again", c)),
            new Command("rollback", "Take sites back to what they had; the revision goes to nobody any more.") { Name }.Does((h, a, c) => PatchAsync(h, a, RolloutVerb.RollBack, _ => new JsonObject { ["rollBack"] = true }, "rolls back", c)),
            new Command("cancel", "End it; sites keep what they have, and the revision goes to nobody any more.") { Name }.Does((h, a, c) => PatchAsync(h, a, RolloutVerb.Cancel, _ => new JsonObject { ["cancel"] = true }, "cancelled", c)),
        };

    private static async Task<int> ListAsync(HubConnection hub, ParseResult arguments, CancellationToken cancellation)
    {
        var list = await hub.Api.ListAsync(Kinds.Rollout, hub.Namespace, ListOptions.All, cancellation);
        RolloutDescription.List(arguments.Out, [.. list.Items.Select(Read).OrderByDescending(r => r.Status?.Created ?? r.Metadata.CreationTimestamp)]);
        return ExitCodes.Done;
    }

    private static async Task<int> ShowAsync(HubConnection hub, ParseResult arguments, CancellationToken cancellation)
    {
        var rollout = await FindAsync(hub, arguments.GetValue(Name)!, cancellation);
        RolloutDescription.Write(new Description(arguments.Out), rollout, await ForeseeAsync(hub, rollout, cancellation));
        return ExitCodes.Done;
    }

    /// <summary>The forecast; null for one that is over, and when the hub makes none.</summary>
    private static async Task<Forecast?> ForeseeAsync(HubConnection hub, Rollout rollout, CancellationToken cancellation) =>
        rollout.Status is null or { Ended: not null } ? null
        : await (await hub.GatewayAsync(cancellation)).RolloutForecastAsync(rollout.Metadata.Namespace, rollout.Metadata.Name, cancellation);

    private static async Task<int> WatchAsync(HubConnection hub, ParseResult arguments, CancellationToken cancellation)
    {
        var name = arguments.GetValue(Name)!;
        await FindAsync(hub, name, cancellation);
        await foreach (var change in hub.Api.WatchAsync(Kinds.Rollout, hub.Namespace, new WatchOptions { FieldSelector = $"metadata.name={name}" }, cancellation))
        {
            if (change.Type is not (WatchEventType.Added or WatchEventType.Modified))
                continue;
            var rollout = Read(change.Object);
            RolloutDescription.Write(new Description(arguments.Out), rollout, forecast: null);
            await arguments.Out.WriteLineAsync();
            if (rollout.Status?.Ended is not null)
                return rollout.Status.Phase == RolloutPhase.Succeeded ? ExitCodes.Done : ExitCodes.Failed;
        }
        return ExitCodes.Done;
    }

    private static async Task<int> ExplainAsync(HubConnection hub, ParseResult arguments, CancellationToken cancellation)
    {
        var name = arguments.GetValue(Site)!;
        var site = (await hub.Api.GetAsync(Kinds.Site, hub.Namespace, name, cancellation)
            ?? throw new CommandException($"there is no site {name} in namespace {hub.Namespace}: `flotilla get sites` lists them")).Deserialize(ApiJson.Default.Site)!;
        var text = new Description(arguments.Out);
        text.Field("Site", name);
        text.Field("Fleet", site.Status?.Target?.Fleet);
        text.Field("Target", site.Status?.Target?.Revision);
        text.Field("Runs", site.Status?.Applied?.Revision);
        await RolloutExplanation.WriteAsync(text, hub, site, cancellation);
        text.Conditions(site.Status?.Conditions ?? []);
        return ExitCodes.Done;
    }

    private static async Task<int> ApproveAsync(HubConnection hub, ParseResult arguments, CancellationToken cancellation)
    {
        var (name, gate) = (arguments.GetValue(Name)!, arguments.GetValue(Gate)!);
        await FindAsync(hub, name, cancellation);
        await hub.Api.CreateAsync(Kinds.Approval, hub.Namespace, new JsonObject
        {
            ["apiVersion"] = Kinds.Approval.ApiVersion,
            ["kind"] = Kinds.Approval.Kind,
            ["metadata"] = new JsonObject { ["name"] = $"{name}-{gate.Replace('/', '-')}" },
            ["spec"] = new JsonObject { ["rollout"] = name, ["gate"] = gate, ["by"] = arguments.GetValue(By), ["note"] = arguments.GetValue(Note) },
        }, new WriteOptions { FieldManager = Kinds.Manager }, cancellation);
        await arguments.Out.WriteLineAsync($"gate {gate} of rollout/{name} approved");
        return ExitCodes.Done;
    }

    private static async Task<int> PatchAsync(
        HubConnection hub, ParseResult arguments, RolloutVerb verb, Func<Rollout, JsonObject> change, string done, CancellationToken cancellation)
    {
        for (var left = PatchTries; ; left--)
        {
            var rollout = await FindAsync(hub, arguments.GetValue(Name)!, cancellation);
            if (rollout.Status is { } status && !status.ValidActions.Contains(verb))
            {
                var can = status.ValidActions.Count == 0 ? "nothing; it is over" : string.Join(", ", status.ValidActions);
                throw new CommandException($"rollout {rollout.Metadata.Name} is {status.Phase}: what can be done now is {can}");
            }
            var patch = new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = rollout.Metadata.ResourceVersion }, ["spec"] = change(rollout) };
            try
            {
                await hub.Api.PatchAsync(Kinds.Rollout, hub.Namespace, rollout.Metadata.Name, PatchKind.Merge, patch, new PatchOptions { FieldManager = Kinds.Manager }, cancellation);
            }
            catch (ApiStatusException e) when (e.Status.Code == 409 && left > 0)
            {
                // The hub said something about it in the meantime: what is asked for still is, when it is still possible.
                continue;
            }
            await arguments.Out.WriteLineAsync($"rollout/{rollout.Metadata.Name} {done}");
            return ExitCodes.Done;
        }
    }

    private static JsonArray Retries(Rollout rollout, string site)
    {
        var times = rollout.Spec.Retry.FirstOrDefault(r => r.Site == site)?.Times ?? 0;
        return
        [
            .. rollout.Spec.Retry.Where(r => r.Site != site).Select(r => new JsonObject { ["site"] = r.Site, ["times"] = r.Times }),
            new JsonObject { ["site"] = site, ["times"] = times + 1 },
        ];
    }

    private static async Task<Rollout> FindAsync(HubConnection hub, string name, CancellationToken cancellation) => Read(
        await hub.Api.GetAsync(Kinds.Rollout, hub.Namespace, name, cancellation)
        ?? throw new CommandException($"there is no rollout {name} in namespace {hub.Namespace}: `flotilla rollout list` shows them"));

    private static Rollout Read(JsonObject obj) => obj.Deserialize(ApiJson.Default.Rollout)!;
}
