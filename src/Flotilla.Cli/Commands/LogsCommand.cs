using System.CommandLine;
using System.Text.Json.Nodes;
using Flotilla.Cli.Connections;
using Flotilla.Cli.Output;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Commands;

/// <summary><c>flotilla logs SITE</c>: the journal of a site, as far as the hub has it.</summary>
internal static class LogsCommand
{
    private const int PageSize = 500;
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private static readonly Argument<string> Name = new Argument<string>("site") { Description = "Name of the Site." }.CompletedBy(Kinds.Site);
    private static readonly Option<bool> Follow = new("--follow", "-f") { Description = "Go on with what comes." };
    private static readonly Option<int> Tail = new("--tail") { Description = "Only the last N entries.", HelpName = "N", DefaultValueFactory = _ => -1 };
    private static readonly Option<OutputFormat> Output = Format.Option(OutputFormat.Table, OutputFormat.Json);

    public static Command Create() =>
        new Command("logs", "Show the journal of a site.") { Name, Follow, Tail, Output }.Does(RunAsync);

    private static async Task<int> RunAsync(HubConnection hub, ParseResult arguments, CancellationToken cancellation)
    {
        var name = arguments.GetValue(Name)!;
        name = name.StartsWith("site/", StringComparison.Ordinal) ? name["site/".Length..] : name;
        var gateway = await hub.GatewayAsync(cancellation);
        var path = $"/v1/namespaces/{hub.Namespace}/sites/{name}/journal";
        var (entries, position) = await ReadAsync(gateway, path, 0, cancellation);
        if (arguments.GetValue(Tail) is >= 0 and var tail)
            entries = entries.TakeLast(tail).ToList();
        var format = arguments.GetValue(Output);
        Write(arguments.Out, entries, format);
        while (arguments.GetValue(Follow))
        {
            await Task.Delay(LookAgain, cancellation);
            (entries, position) = await ReadAsync(gateway, path, position, cancellation);
            Write(arguments.Out, entries, format);
        }
        return ExitCodes.Done;
    }

    private static async Task<(List<JsonNode?> Entries, long Position)> ReadAsync(GatewayClient gateway, string path, long after, CancellationToken cancellation)
    {
        var all = new List<JsonNode?>();
        while (true)
        {
            var page = (await gateway.GetAsync($"{path}?after={after}&limit={PageSize}", cancellation)).Array("entries") ?? [];
            all.AddRange(page);
            if (page.Count > 0)
                after = page[^1].Member("position").AsInt64OrNull() ?? after;
            if (page.Count < PageSize)
                return (all, after);
        }
    }

    private static void Write(TextWriter output, List<JsonNode?> entries, OutputFormat format)
    {
        foreach (var stored in entries)
        {
            if (format == OutputFormat.Json)
            {
                output.WriteLine(stored!.ToJsonString());
                continue;
            }
            output.WriteLine(JournalLine.Of(stored.Object("entry")));
        }
    }
}
