using System.CommandLine;
using System.Text.Json.Nodes;
using Flotilla.Cli.Connections;
using Flotilla.Cli.Output;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Text;

namespace Flotilla.Cli.Commands;

/// <summary><c>flotilla wait</c>: until an object's condition holds for its present spec.</summary>
internal static class WaitCommand
{
    private static readonly Argument<string> Resource = new Argument<string>("object") { Description = "KIND/NAME, as fleet/stores." }.CompletedByObjects();
    private static readonly Option<string> For = new Option<string>("--for") { Description = "A condition, TYPE or TYPE=STATUS.", HelpName = "CONDITION", DefaultValueFactory = _ => "Ready" }.CompletedBy("Ready", "InSync", "UpToDate", "Healthy", "Connected", "Enrolled");
    private static readonly Option<string> Timeout = new("--timeout") { Description = "How long to wait.", HelpName = "DURATION", DefaultValueFactory = _ => "5m" };

    public static Command Create() =>
        new Command("wait", "Wait until a condition holds.") { Resource, For, Timeout }.Does(RunAsync);

    private static async Task<int> RunAsync(HubConnection hub, ParseResult arguments, CancellationToken cancellation)
    {
        var (word, name) = ObjectWord.Split(arguments.GetValue(Resource)!, null);
        if (name is null)
            throw new CommandException($"\"{word}\" names no object: write KIND/NAME, as fleet/stores", ExitCodes.Usage);
        if (GoDuration.ParseTimeSpan(arguments.GetValue(Timeout)!) is not { } timeout)
            throw new CommandException($"--timeout {arguments.GetValue(Timeout)}: write a duration as 90s, 5m or 1h", ExitCodes.Usage);
        var wanted = arguments.GetValue(For)!;
        wanted = wanted.StartsWith("condition=", StringComparison.Ordinal) ? wanted["condition=".Length..] : wanted;
        var parts = wanted.Split('=', 2);
        var resource = (await hub.Api.Resources.ResolveAsync(word, cancellation)).Reference;
        var watch = new ConditionWatch(hub.Api, resource, hub.Namespace, name, parts[0], parts.Length > 1 ? parts[1] : "True", arguments.Error);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        try
        {
            await watch.UntilAsync(limit.Token);
            arguments.Out.WriteLine($"{resource.Kind.ToLowerInvariant()}/{name} condition met");
            return ExitCodes.Done;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new CommandException($"timed out after {arguments.GetValue(Timeout)} waiting for {parts[0]} of {word}/{name}; last: {watch.Last}", ExitCodes.TimedOut);
        }
    }

    /// <summary>Looks at one object whenever it changes.</summary>
    private sealed class ConditionWatch(KubernetesClient api, ResourceReference resource, string ns, string name, string type, string status, TextWriter progress)
    {
        /// <summary>What was last said, for the user.</summary>
        public string Last { get; private set; } = "nothing said";

        public async Task UntilAsync(CancellationToken cancellation)
        {
            var selector = $"metadata.name={name}";
            while (true)
            {
                var list = await api.ListAsync(resource, ns, new ListOptions { FieldSelector = selector }, cancellation);
                if (list.Items.Count == 0)
                    throw new CommandException($"there is no {resource.Kind.ToLowerInvariant()} {name} in namespace {ns}");
                if (await HoldsAsync(list.Items[0], cancellation))
                    return;
                try
                {
                    await foreach (var change in api.WatchAsync(resource, ns, new WatchOptions { FieldSelector = selector, ResourceVersion = list.ResourceVersion }, cancellation))
                    {
                        if (change.Type is WatchEventType.Added or WatchEventType.Modified && await HoldsAsync(change.Object, cancellation))
                            return;
                    }
                }
                catch (ApiStatusException e) when (e.Status.Code == 410)
                {
                    // Too much happened meanwhile: list again.
                }
            }
        }

        private async Task<bool> HoldsAsync(JsonObject obj, CancellationToken cancellation) => Holds(obj) && await FollowsItsStackAsync(obj, cancellation);

        /// <summary>A fleet does not change with its stack: what it says counts once it is on what the stack compiles to now.</summary>
        private async Task<bool> FollowsItsStackAsync(JsonObject obj, CancellationToken cancellation)
        {
            if (resource != Kinds.Fleet || obj.Object("spec").String("stack") is not { } name)
                return true;
            var stack = await api.GetAsync(Kinds.Stack, ns, name, cancellation);
            var generation = stack.Object("metadata").Member("generation").AsInt64OrNull();
            var looked = (stack.Object("status").Array("conditions") ?? []).Any(c => c.Member("observedGeneration").AsInt64OrNull() == generation);
            return looked && stack.Object("status").String("revision") == obj.Object("status").Object("revision").String("current");
        }

        private bool Holds(JsonObject obj)
        {
            var condition = (obj.Object("status").Array("conditions") ?? []).FirstOrDefault(c => c.String("type") == type);
            if (condition is null)
                return false;
            var message = condition.String("message") is { Length: > 0 } text ? text : condition.String("reason") ?? "";
            var said = $"{type}={condition.String("status")} ({condition.String("reason")}): {message}";
            if (said != Last)
                progress.WriteLine(said);
            Last = said;
            var generation = obj.Object("metadata").Member("generation").AsInt64OrNull() ?? 0;
            var observed = condition.Member("observedGeneration").AsInt64OrNull() ?? generation;
            return observed >= generation && string.Equals(condition.String("status"), status, StringComparison.OrdinalIgnoreCase);
        }
    }
}
