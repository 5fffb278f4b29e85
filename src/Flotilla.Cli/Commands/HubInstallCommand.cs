using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Cli.Connections;
using Flotilla.Cli.Output;
using Flotilla.Hub.Hosting;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;

namespace Flotilla.Cli.Commands;

/// <summary><c>flotilla hub install</c>: what a cluster needs for a hub to run in it, printed or applied.</summary>
internal static class HubInstallCommand
{
    private static readonly Option<string> Image = new("--image") { Description = "Image of the hub.", HelpName = "IMAGE", DefaultValueFactory = _ => "ghcr.io/flotilla/flotilla:latest" };
    private static readonly Option<string?> Advertise = new("--advertise") { Description = "The address that sites are told; otherwise that of the Service, which only this cluster can reach.", HelpName = "URL" };
    private static readonly Option<bool> Apply = new("--apply") { Description = "Apply it to the cluster of the kubeconfig, instead of printing it." };

    public static Command Create()
    {
        var command = new Command("install", "Print what a cluster needs for a hub to run in it: definitions, rights, and the hub itself; or apply it.") { Image, Advertise, Apply };
        command.SetAction((arguments, cancellation) => CommandRunner.GuardAsync(() => RunAsync(arguments, cancellation), arguments.Error, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var manifest = HubManifest.Write(Options(arguments));
        if (!arguments.GetValue(Apply))
        {
            arguments.Out.Write(manifest);
            return ExitCodes.Done;
        }
        using var hub = HubConnection.Open(arguments);
        foreach (var obj in YamlReader.ReadAll(Encoding.UTF8.GetBytes(manifest)).Select(d => d.Content).OfType<JsonObject>())
        {
            await hub.Api.ApplyAsync(obj, new ApplyOptions { FieldManager = Kinds.Manager, Force = true, FieldValidation = "Strict" }, cancellation);
            var meta = obj.Object("metadata");
            var place = meta.String("namespace") is { } ns ? $" in {ns}" : "";
            arguments.Out.WriteLine($"{obj.String("kind")!.ToLowerInvariant()}/{meta.String("name")}{place} applied");
        }
        return ExitCodes.Done;
    }

    private static HubManifestOptions Options(ParseResult arguments)
    {
        var ns = arguments.GetValue(HubConnection.NamespaceOption) ?? HubManifest.SystemNamespace;
        if (ns.Length is 0 or > 63 || ns.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-') || ns[0] == '-' || ns[^1] == '-')
            throw new CommandException($"--namespace {ns}: write lower-case letters, digits and hyphens", ExitCodes.Usage);
        var text = arguments.GetValue(Advertise) ?? $"https://flotilla-hub.{ns}.svc:8443";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var advertise) || advertise.Scheme != Uri.UriSchemeHttps)
            throw new CommandException($"--advertise {text}: write an address as https://hub.example.com:8443", ExitCodes.Usage);
        return new HubManifestOptions(ns, arguments.GetValue(Image)!, advertise);
    }
}
