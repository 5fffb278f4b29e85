using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Api;
using Flotilla.Api.Sites;
using Flotilla.Cli.Connections;
using Flotilla.Cli.Describing;
using Flotilla.Cli.Output;
using Flotilla.Cli.Planning;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Commands;

/// <summary><c>flotilla describe</c>: one object with all that is known of it.</summary>
internal static class DescribeCommand
{
    private static readonly Argument<string> Resource = new Argument<string>("object") { Description = "KIND/NAME, as site/store-1." }.CompletedByObjects();
    private static readonly Argument<string?> Name = new("name") { Description = "The name, when it is not in the word before.", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create() =>
        new Command("describe", "Show one object with all that is known of it.") { Resource, Name }.Does(RunAsync);

    private static async Task<int> RunAsync(HubConnection hub, ParseResult arguments, CancellationToken cancellation)
    {
        var (word, name) = ObjectWord.Split(arguments.GetValue(Resource)!, arguments.GetValue(Name));
        if (name is null)
            throw new CommandException($"\"{word}\" names no object: write KIND/NAME, as site/store-1", ExitCodes.Usage);
        var resource = (await hub.Api.Resources.ResolveAsync(word, cancellation)).Reference;
        var ns = resource.Namespaced ? hub.Namespace : null;
        var obj = await hub.Api.GetAsync(resource, ns, name, cancellation)
            ?? throw new CommandException($"there is no {resource.Kind.ToLowerInvariant()} {name}{(ns is null ? "" : $" in namespace {ns}")}: `flotilla get {resource.Plural}{(ns is null ? "" : " -A")}` lists them");
        await WriteAsync(new Description(arguments.Out), arguments.Out, hub, resource, obj, cancellation);
        return ExitCodes.Done;
    }

    private static async Task WriteAsync(Description text, TextWriter output, HubConnection hub, ResourceReference resource, JsonObject obj, CancellationToken cancellation)
    {
        if (resource.Group == Kinds.Site.Group && resource.Kind == Kinds.Site.Kind)
            await SiteDescription.WriteAsync(text, obj.Deserialize(ApiJson.Default.Site)!, hub, cancellation);
        else if (resource.Group != Kinds.Site.Group)
            WriteYaml(output, obj);
        else if (resource.Kind == Kinds.Fleet.Kind)
            FleetDescription.Write(text, obj.Deserialize(ApiJson.Default.Fleet)!, await SitesOfAsync(hub, obj, cancellation));
        else if (resource.Kind == Kinds.Stack.Kind)
            StackDescription.Write(text, obj.Deserialize(ApiJson.Default.Stack)!, await DeclaredWorld.ReadAsync(hub, cancellation));
        else if (resource.Kind == Kinds.Component.Kind)
            ComponentDescription.Write(text, obj.Deserialize(ApiJson.Default.Component)!, await DeclaredWorld.ReadAsync(hub, cancellation));
        else
            WriteYaml(output, obj);
    }

    private static void WriteYaml(TextWriter output, JsonObject obj)
    {
        obj.Object("metadata")?.Remove("managedFields");
        Format.Write(output, obj, OutputFormat.Yaml);
    }

    private static async Task<IReadOnlyList<Site>> SitesOfAsync(HubConnection hub, JsonObject fleet, CancellationToken cancellation)
    {
        var world = await DeclaredWorld.ReadAsync(hub, cancellation);
        var (ns, name) = (fleet.Object("metadata").String("namespace"), fleet.Object("metadata").String("name"));
        return world.Fleets.FirstOrDefault(f => f.Metadata.Namespace == ns && f.Metadata.Name == name) is { } found ? Membership.Of(found, world) : [];
    }
}
