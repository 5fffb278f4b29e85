using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Flotilla.Cli.Connections;
using Flotilla.Cli.Output;
using Flotilla.Hub.Identity;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Commands;

/// <summary>What is done with a hub's root key, on the folder of a hub that is stopped; and what a hub that was restored waits for.</summary>
internal static class HubKeysCommand
{
    private static readonly Option<DirectoryInfo> Data = new("--data") { Description = "The hub's data folder.", HelpName = "DIR", Required = true };

    private static readonly Option<FileInfo> Root = new("--root-key")
    {
        Description = "The hub's root key, brought from where it is kept.",
        HelpName = "FILE",
        Required = true,
    };

    private static readonly Option<long?> Epoch = new("--epoch") { Description = "The epoch to open; otherwise the next. A hub that is held says which it needs.", HelpName = "N" };
    private static readonly Option<long?> KeySet = new("--key-set") { Description = "Sign a key set of this version as well, when sites know one that the backup does not have.", HelpName = "N" };
    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Release although sites would be changed." };

    public static IEnumerable<Command> Create()
    {
        yield return OnFolder(
            new Command("restore", "Open a new epoch for a hub that was restored from a backup. It starts held: sites tell what they run, and nothing is changed until `flotilla hub release`.") { Data, Root, Epoch, KeySet },
            (folder, root, arguments, c) => folder.RestoreAsync(root, arguments.GetValue(Epoch), arguments.GetValue(KeySet), TimeProvider.System, c));
        yield return OnFolder(
            new Command("rotate", "Make another key that signs what sites shall be. Those before it count until they are retired; sites follow by themselves, however long they were away.") { Data, Root },
            (folder, root, _, c) => folder.RotateAsync(root, TimeProvider.System, c));
        yield return OnFolder(
            new Command("retire", "Have only the present signing key count. The hub signs anew what others have signed.") { Data, Root },
            (folder, root, _, c) => folder.RetireAsync(root, TimeProvider.System, c));
        yield return new Command("hold", "Tell whether the hub is held, why, and which sites have told what they run since.").Does(ShowAsync);
        yield return new Command("release", "Let a hub that is held change sites again.") { Yes }.Does(ReleaseAsync);
    }

    private static Command OnFolder(Command command, Func<HubKeyFolder, string, ParseResult, CancellationToken, Task<HubKeys>> action)
    {
        command.SetAction((arguments, cancellation) => CommandRunner.GuardAsync(
            async () =>
            {
                try
                {
                    using var keys = await action(new HubKeyFolder(arguments.GetValue(Data)!.FullName), arguments.GetValue(Root)!.FullName, arguments, cancellation);
                    arguments.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"epoch    {keys.Epoch}"));
                    arguments.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"key set  {keys.KeySet.Version}"));
                    arguments.Out.WriteLine($"signs    {keys.Signing.KeyId}");
                    arguments.Out.WriteLine("Start the hub to have it so. Take the root key away again.");
                    return ExitCodes.Done;
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException or HubIdentityException)
                {
                    throw new CommandException(e.Message, inner: e);
                }
            },
            arguments.Error, cancellation));
        return command;
    }

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
        foreach (var line in Summary(await SitesAsync(hub, cancellation), standing))
            arguments.Out.WriteLine(line);
        return ExitCodes.Done;
    }

    private static async Task<int> ReleaseAsync(HubConnection hub, ParseResult arguments, CancellationToken cancellation)
    {
        var standing = await StandingAsync(hub, cancellation);
        if (standing.Object("hold") is null)
        {
            arguments.Out.WriteLine("the hub is not held");
            return ExitCodes.Done;
        }
        var moving = (await SitesAsync(hub, cancellation)).Where(s => s.Target is not null && s.Declared is not null && s.Target != s.Declared).ToList();
        if (moving.Count > 0 && !arguments.GetValue(Yes))
        {
            throw new CommandException(
                $"{moving.Count} sites run something else than what is declared now, as {moving[0].Name} ({moving[0].Target}; declared: {moving[0].Declared}), and would be changed.\n"
                + "Apply the declarations of today first (`flotilla apply`), or say --yes to take these sites to what is declared.");
        }
        await (await hub.GatewayAsync(cancellation)).PostAsync("/v1/hub/release", null, cancellation);
        arguments.Out.WriteLine("released; sites that were not heard of yet get nothing before they have told what they run");
        return ExitCodes.Done;
    }

    private static async Task<JsonNode?> StandingAsync(HubConnection hub, CancellationToken cancellation) =>
        await (await hub.GatewayAsync(cancellation)).GetAsync("/v1/hub", cancellation);

    /// <summary>Of each site that a fleet selects: its target, what its fleet declares, and when it was heard of.</summary>
    private static async Task<IReadOnlyList<(string Name, string? Target, string? Declared, DateTimeOffset? Seen)>> SitesAsync(HubConnection hub, CancellationToken cancellation)
    {
        var fleets = new Dictionary<(string, string), string?>();
        foreach (var fleet in await hub.ListAsync(Kinds.Fleet, cancellation))
            fleets[(fleet.Object("metadata").String("namespace")!, fleet.Object("metadata").String("name")!)] = fleet.Object("status").Object("revision").String("current");
        return
        [
            .. (await hub.ListAsync(Kinds.Site, cancellation)).Select(site =>
            {
                var (meta, status) = (site.Object("metadata"), site.Object("status"));
                var target = status.Object("target");
                var seen = DateTimeOffset.TryParse(status.String("lastSeen"), CultureInfo.InvariantCulture, out var time) ? time : (DateTimeOffset?)null;
                return ($"{meta.String("namespace")}/{meta.String("name")}", target.String("revision"),
                    fleets.GetValueOrDefault((meta.String("namespace")!, target.String("fleet") ?? "")), seen);
            }),
        ];
    }

    private static IEnumerable<string> Summary(IReadOnlyList<(string Name, string? Target, string? Declared, DateTimeOffset? Seen)> sites, JsonNode? standing)
    {
        var opened = DateTimeOffset.TryParse(standing.String("opened"), CultureInfo.InvariantCulture, out var time) ? time : DateTimeOffset.MaxValue;
        yield return $"sites heard of since: {sites.Count(s => s.Seen >= opened)} of {sites.Count}";
        foreach (var site in sites.Where(s => s.Target is not null && s.Declared is not null && s.Target != s.Declared).Take(20))
            yield return $"  {site.Name} runs {site.Target}, declared is {site.Declared}";
    }
}
