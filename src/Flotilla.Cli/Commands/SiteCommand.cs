using System.CommandLine;
using System.Text.Json.Nodes;
using Flotilla.Cli.Connections;
using Flotilla.Cli.Output;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Commands;

/// <summary><c>flotilla site</c>: enrol, pause, resume, remove.</summary>
internal static class SiteCommand
{
    private static readonly Argument<string> Name = new Argument<string>("name") { Description = "Name of the Site." }.CompletedBy(Kinds.Site);
    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Do not ask." };
    private static readonly Option<string> ValidFor = new("--valid-for") { Description = "How long the token can be used.", HelpName = "DURATION", DefaultValueFactory = _ => "24h" };
    private static readonly Option<bool> Replace = new("--replace") { Description = "The new keys take the place of those that are bound to the site: other hardware, or a site that was revoked." };
    private static readonly Option<string[]> Label = new("--label", "-l") { Description = "Labels of the Site when it is made now.", HelpName = "KEY=VALUE" };
    private static readonly Option<OutputFormat> Output = Format.Option(OutputFormat.Table, OutputFormat.Json, OutputFormat.Yaml);

    public static Command Create() =>
        new Command("site", "Enrol, pause, resume, revoke or remove a site.")
        {
            new Command("enrol", "Make a token for a site, and print the command and the manifest that attach a cluster with it. The Site is declared if it is not yet.") { Name, ValidFor, Replace, Label, Output }.Does(EnrolAsync),
            new Command("pause", "Begin nothing new at a site; what runs there is kept as declared.") { Name }.Does((hub, arguments, c) => SetPausedAsync(hub, arguments, true, c)),
            new Command("resume", "Let a paused site go on.") { Name }.Does((hub, arguments, c) => SetPausedAsync(hub, arguments, false, c)),
            new Command("revoke", "Keep a site out: nobody who has its keys is let in, until `flotilla site enrol NAME --replace`. What runs there stays as it is.") { Name, Yes }.Does(RevokeAsync),
            new Command("remove", "Forget a site: its identity, target and journal. What runs there stays as it is.") { Name, Yes }.Does(RemoveAsync),
        };

    private static async Task<int> EnrolAsync(HubConnection hub, ParseResult arguments, CancellationToken cancellation)
    {
        var name = arguments.GetValue(Name)!;
        var gateway = await hub.GatewayAsync(cancellation);
        if (await hub.Api.GetAsync(Kinds.Site, hub.Namespace, name, cancellation) is null)
        {
            await hub.Api.CreateAsync(Kinds.Site, hub.Namespace, NewSite(name, arguments.GetValue(Label) ?? []), new WriteOptions { FieldManager = Kinds.Manager }, cancellation);
            await arguments.Error.WriteLineAsync($"site/{name} declared in namespace {hub.Namespace}");
        }
        var wish = new JsonObject { ["validFor"] = arguments.GetValue(ValidFor), ["replaces"] = arguments.GetValue(Replace) };
        var answer = await gateway.PostAsync(
            $"/v1/namespaces/{hub.Namespace}/sites/{name}/enrolment", new StringContent(wish.ToJsonString(), null, "application/json"), cancellation);
        if (arguments.GetValue(Output) is var format and not OutputFormat.Table)
        {
            Format.Write(arguments.Out, answer, format);
            return ExitCodes.Done;
        }
        var (token, address) = (answer.String("token"), answer.String("hub"));
        arguments.Out.WriteLine($"""
            On the machine at the site (the token can be used once, until {answer.String("expires")}):

              flotilla-agent run --hub {address} --token {token} --state /var/lib/flotilla

            Or in its cluster:

              kubectl apply -f - <<'EOF'
            {answer.String("manifest")?.TrimEnd()}
            EOF
            """);
        return ExitCodes.Done;
    }

    private static async Task<int> SetPausedAsync(HubConnection hub, ParseResult arguments, bool paused, CancellationToken cancellation)
    {
        var name = arguments.GetValue(Name)!;
        var patch = new JsonObject { ["spec"] = new JsonObject { ["paused"] = paused } };
        await hub.Api.PatchAsync(Kinds.Site, hub.Namespace, name, PatchKind.Merge, patch, new PatchOptions { FieldManager = Kinds.Manager }, cancellation);
        arguments.Out.WriteLine($"site/{name} {(paused ? "paused" : "resumed")}");
        return ExitCodes.Done;
    }

    private static async Task<int> RemoveAsync(HubConnection hub, ParseResult arguments, CancellationToken cancellation)
    {
        var name = arguments.GetValue(Name)!;
        if (!await IsMeantAsync(arguments, $"removing site {name} forgets its journal", $"Forget site {name} with its identity and journal? What runs there stays."))
            return ExitCodes.Failed;
        if (await hub.Api.DeleteAsync(Kinds.Site, hub.Namespace, name, DeleteOptions.Default, cancellation) is null)
            throw new CommandException($"there is no site {name} in namespace {hub.Namespace}: `flotilla get sites` lists them");
        arguments.Out.WriteLine($"site/{name} removed");
        return ExitCodes.Done;
    }

    private static async Task<int> RevokeAsync(HubConnection hub, ParseResult arguments, CancellationToken cancellation)
    {
        var name = arguments.GetValue(Name)!;
        if (!await IsMeantAsync(arguments, $"revoking site {name} cuts it off from the hub", $"Cut site {name} off from the hub? What runs there stays."))
            return ExitCodes.Failed;
        await (await hub.GatewayAsync(cancellation)).PostAsync($"/v1/namespaces/{hub.Namespace}/sites/{name}/revocation", null, cancellation);
        arguments.Out.WriteLine($"site/{name} revoked");
        return ExitCodes.Done;
    }

    private static async Task<bool> IsMeantAsync(ParseResult arguments, string effect, string question)
    {
        if (arguments.GetValue(Yes))
            return true;
        if (arguments.IsUnattended)
            throw new CommandException($"{effect}: say --yes", ExitCodes.Usage);
        await arguments.Error.WriteAsync($"{question} [y/N] ");
        return Console.ReadLine()?.Trim().ToUpperInvariant() is "Y" or "YES";
    }

    private static JsonObject NewSite(string name, IEnumerable<string> labels)
    {
        var pairs = new JsonObject();
        foreach (var label in labels)
        {
            var equals = label.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw new CommandException($"--label {label}: write KEY=VALUE", ExitCodes.Usage);
            pairs[label[..equals]] = label[(equals + 1)..];
        }
        return new JsonObject
        {
            ["apiVersion"] = Kinds.Site.ApiVersion,
            ["kind"] = Kinds.Site.Kind,
            ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = pairs },
            ["spec"] = new JsonObject(),
        };
    }
}
