using System.CommandLine;
using System.Text.Json.Nodes;
using Flotilla.Cli.Connections;
using Flotilla.Cli.Declarations;
using Flotilla.Cli.Output;
using Flotilla.Core.Declarations;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Commands;

/// <summary><c>flotilla apply</c>: checks everything, uploads content, applies.</summary>
internal static class ApplyCommand
{
    private static readonly Option<string[]> Files = FilesOption(required: true);
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Check everything, also at the hub, and write nothing." };
    private static readonly Option<bool> Force = new("--force-conflicts") { Description = "Take over fields that somebody else set." };

    public static Command Create() =>
        new Command("apply", "Declare sites, components, stacks and fleets.") { Files, DryRun, Force }.Does(RunAsync);

    /// <summary>The option that names declarations.</summary>
    public static Option<string[]> FilesOption(bool required) => new("--filename", "-f")
    {
        Description = "A file, a folder with all below it, or - for standard input; may be given several times.",
        HelpName = "PATH",
        Required = required,
    };

    private static async Task<int> RunAsync(HubConnection hub, ParseResult arguments, CancellationToken cancellation)
    {
        var set = await DeclarationReading.ReadAsync(hub, arguments, Files, cancellation);
        var dryRun = arguments.GetValue(DryRun);
        if (!dryRun)
            await UploadAsync(hub, set, cancellation);
        var options = new ApplyOptions { FieldManager = Kinds.Manager, Force = arguments.GetValue(Force), DryRun = dryRun, FieldValidation = "Strict" };
        var refused = 0;
        foreach (var obj in DeclarationOrder.Sort(set.Objects))
        {
            try
            {
                arguments.Out.WriteLine($"{DeclarationReading.Shown(obj)} {await ApplyAsync(hub.Api, obj, options, cancellation)}{(dryRun ? " (dry run)" : "")}");
            }
            catch (Exception e) when (e is ApiStatusException or UnknownResourceException)
            {
                refused++;
                await arguments.Error.WriteLineAsync($"{DeclarationReading.Shown(obj)}: {Explain(e)}");
            }
        }
        return refused == 0 ? ExitCodes.Done
            : throw new CommandException($"{refused} of {set.Objects.Count} objects were refused; the others are applied", ExitCodes.Refused);
    }

    private static async Task UploadAsync(HubConnection hub, DeclarationSet set, CancellationToken cancellation)
    {
        if (set.Uploads.Count == 0)
            return;
        var gateway = await hub.GatewayAsync(cancellation);
        foreach (var (digest, content) in set.Uploads)
        {
            var answer = await gateway.PostAsync($"/v1/namespaces/{NamespaceOf(digest, set)}/content", new ReadOnlyMemoryContent(content), cancellation);
            if (answer.String("digest") != digest)
                throw new CommandException($"the hub stored {digest} as {answer.String("digest")}: something between here and there changes content");
        }
    }

    /// <summary>Who may declare a component that uses the content may upload it.</summary>
    private static string NamespaceOf(string digest, DeclarationSet set) => set.Objects
        .First(obj => obj.String("kind") == Kinds.Component.Kind && SourceContent.DigestsOf(obj).Contains(digest))
        .Object("metadata").String("namespace")!;

    private static async Task<string> ApplyAsync(KubernetesClient api, JsonObject obj, ApplyOptions options, CancellationToken cancellation)
    {
        var resource = await api.Resources.ResolveAsync(obj.String("apiVersion") ?? "", obj.String("kind") ?? "", cancellation);
        var key = ObjectKey.Of(obj);
        var before = await api.GetAsync(resource, key.Namespace, key.Name, cancellation);
        var after = await api.ApplyAsync(obj, options with { Resource = resource }, cancellation);
        return before is null ? "created" : JsonNodeExtensions.DeepEquals(Declared(before), Declared(after)) ? "unchanged" : "configured";
    }

    /// <summary>What people declare, without what servers and controllers write.</summary>
    private static JsonObject Declared(JsonObject obj)
    {
        var declared = (JsonObject)obj.DeepClone();
        declared.Remove("status");
        foreach (var field in (string[])["managedFields", "resourceVersion", "generation"])
            declared.Object("metadata")?.Remove(field);
        return declared;
    }

    private static string Explain(Exception failure) => failure is ApiStatusException { Status.Code: 409 }
        ? $"{failure.Message}\n  Somebody else set this; take it over with --force-conflicts, or leave the field out."
        : failure.Message;
}
