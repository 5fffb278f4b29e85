using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Flotilla.Cli.Connections;
using Flotilla.Cli.Output;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Commands;

/// <summary><c>flotilla get</c>: objects of the hub's API, in the columns that their kind declares.</summary>
internal static class GetCommand
{
    private const string TableType = "application/json;as=Table;v=v1;g=meta.k8s.io";
    private static readonly Argument<string> Resource = new Argument<string>("resource") { Description = "site, component, stack, fleet, rollout, or any other resource; KIND/NAME names one object." }.CompletedBy("sites", "components", "stacks", "fleets", "rollouts", "rolloutstrategies", "maintenancewindows", "approvals").CompletedByObjects();
    private static readonly Argument<string?> Name = new("name") { Description = "One object.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<bool> Everywhere = new("--all-namespaces", "-A") { Description = "Of all namespaces." };
    private static readonly Option<string?> Selector = new("--selector", "-l") { Description = "Only those with these labels.", HelpName = "LABELS" };

    private static readonly Option<OutputFormat> Output =
        Format.Option(OutputFormat.Table, OutputFormat.Wide, OutputFormat.Json, OutputFormat.Yaml, OutputFormat.Name);

    public static Command Create() =>
        new Command("get", "List objects, or show one.") { Resource, Name, Everywhere, Selector, Output }.Does(RunAsync);

    private static async Task<int> RunAsync(HubConnection hub, ParseResult arguments, CancellationToken cancellation)
    {
        var (word, name) = ObjectWord.Split(arguments.GetValue(Resource)!, arguments.GetValue(Name));
        var resource = (await hub.Api.Resources.ResolveAsync(word, cancellation)).Reference;
        var ns = arguments.GetValue(Everywhere) || !resource.Namespaced ? null : hub.Namespace;
        if (name is not null && resource.Namespaced && ns is null)
            throw new CommandException("one object has one namespace: leave out --all-namespaces", ExitCodes.Usage);
        var format = arguments.GetValue(Output);
        var path = name is null ? resource.CollectionPath(ns) : resource.ObjectPath(ns, name);
        if (arguments.GetValue(Selector) is { } selector)
            path += "?labelSelector=" + Uri.EscapeDataString(selector);
        var answer = await ReadAsync(hub.Api, path, format is OutputFormat.Table or OutputFormat.Wide, cancellation);
        switch (format)
        {
            case OutputFormat.Table or OutputFormat.Wide:
                return WriteTable(arguments, answer, format == OutputFormat.Wide, withNamespace: ns is null && resource.Namespaced, $"{resource.Plural}{(ns is null ? "" : $" in namespace {ns}")}");
            case OutputFormat.Name:
                foreach (var item in answer.Array("items") ?? [answer])
                    arguments.Out.WriteLine($"{resource.Kind.ToLowerInvariant()}/{item.Object("metadata").String("name")}");
                return ExitCodes.Done;
            default:
                foreach (var item in answer.Array("items") ?? [answer])
                    (item.Object("metadata") as JsonObject)?.Remove("managedFields");
                Format.Write(arguments.Out, answer, format);
                return ExitCodes.Done;
        }
    }

    private static async Task<JsonObject> ReadAsync(KubernetesClient api, string path, bool asTable, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(asTable ? TableType : "application/json"));
        using var response = await api.SendAsync(request, cancellation);
        var answer = JsonText.Parse(await response.Content.ReadAsByteArrayAsync(cancellation)) as JsonObject ?? [];
        return ApiStatus.FromJson(answer) is { Code: >= 400 } status ? throw new ApiStatusException(status) : answer;
    }

    private static int WriteTable(ParseResult arguments, JsonObject table, bool wide, bool withNamespace, string what)
    {
        var columns = (table.Array("columnDefinitions") ?? [])
            .Select((column, index) => (Name: column.String("name") ?? "", Index: index, Priority: column.Member("priority").AsInt64OrNull() ?? 0))
            .Where(column => wide || column.Priority == 0)
            .ToArray();
        var text = new TextTable([.. withNamespace ? ["Namespace"] : Array.Empty<string>(), .. columns.Select(c => c.Name)]);
        foreach (var row in table.Array("rows") ?? [])
        {
            var cells = row.Array("cells") ?? [];
            var shown = columns.Select(c => Cell(c.Index < cells.Count ? cells[c.Index] : null));
            text.Add([.. withNamespace ? [row.Object("object").Object("metadata").String("namespace")] : Array.Empty<string?>(), .. shown]);
        }
        if (text.Count == 0)
            arguments.Error.WriteLine($"No {what}.");
        else
            text.Write(arguments.Out);
        return ExitCodes.Done;
    }

    private static string Cell(JsonNode? value) => value is null ? "<none>" : value.AsStringOrNull() ?? value.ToJsonString();
}
