using System.CommandLine;
using System.CommandLine.Completions;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Connections;

/// <summary>Names of objects for the Tab key: asked of the hub, quickly or not at all.</summary>
internal static class NameCompletion
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly ResourceReference[] Own =
    [
        Kinds.Approval, Kinds.Component, Kinds.Fleet, Kinds.MaintenanceWindow, Kinds.Rollout, Kinds.RolloutStrategy, Kinds.Site, Kinds.Stack,
    ];

    /// <summary>Completes names of one kind.</summary>
    public static T CompletedBy<T>(this T symbol, ResourceReference kind)
        where T : Symbol => Completed(symbol, context => Names(context, kind).Select(name => new CompletionItem(name)));

    /// <summary>Completes KIND/NAME; kinds alone before the slash.</summary>
    public static T CompletedByObjects<T>(this T symbol)
        where T : Symbol => Completed(symbol, context =>
    {
        var word = context.WordToComplete;
        var slash = word.IndexOf('/', StringComparison.Ordinal);
        var kind = slash < 0 ? null : Own.FirstOrDefault(k => word[..slash] == k.Plural || word[..slash] == k.Kind.ToLowerInvariant());
        return kind is null
            ? Own.Select(k => new CompletionItem($"{k.Kind.ToLowerInvariant()}/"))
            : Names(context, kind).Select(name => new CompletionItem($"{word[..slash]}/{name}"));
    });

    /// <summary>Completes these words.</summary>
    public static T CompletedBy<T>(this T symbol, params string[] words)
        where T : Symbol => Completed(symbol, _ => words.Select(word => new CompletionItem(word)));

    private static T Completed<T>(T symbol, Func<CompletionContext, IEnumerable<CompletionItem>> source)
        where T : Symbol
    {
        if (symbol is Argument argument)
        {
            // Help would ask for all candidates otherwise.
            argument.HelpName ??= argument.Name;
            argument.CompletionSources.Add(source);
        }
        else if (symbol is Option option)
        {
            option.CompletionSources.Add(source);
        }
        return symbol;
    }

    private static List<string> Names(CompletionContext context, ResourceReference kind)
    {
        try
        {
            using var hub = HubConnection.Open(context.ParseResult);
            using var patience = new CancellationTokenSource(Patience);
            // The library asks for completions synchronously, and nothing else runs in this process.
            return Task.Run(() => ReadAsync(hub, kind, patience.Token), patience.Token).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is CommandException or HttpRequestException or OperationCanceledException or Kubernetes.Errors.ApiStatusException)
        {
            // Whoever presses Tab wants no error message.
            return [];
        }
    }

    private static async Task<List<string>> ReadAsync(HubConnection hub, ResourceReference kind, CancellationToken cancellation) =>
        [.. (await hub.Api.ListAsync(kind, hub.Namespace, ListOptions.All, cancellation)).Items.Select(item => item.Object("metadata").String("name")!)];
}
