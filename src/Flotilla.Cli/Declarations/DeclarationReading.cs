using System.CommandLine;
using System.Text.Json.Nodes;
using Flotilla.Cli.Connections;
using Flotilla.Cli.Output;
using Flotilla.Core.Declarations;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Declarations;

/// <summary>Reads declarations against what the hub has, and tells all that is wrong.</summary>
internal static class DeclarationReading
{
    /// <summary>Reads and checks.</summary>
    /// <exception cref="CommandException">There are problems; they are printed.</exception>
    public static async Task<DeclarationSet> ReadAsync(HubConnection hub, ParseResult arguments, Option<string[]> paths, CancellationToken cancellation)
    {
        var files = await DeclarationFiles.ReadAsync(arguments.GetValue(paths)!, arguments.OpenInput, cancellation);
        var set = DeclarationReader.Read(files, new DeclarationContext
        {
            Namespace = hub.Namespace,
            Known = await KnownAsync(hub, withSites: files.Any(file => file.Content.Span.IndexOf("waves"u8) >= 0 || file.Content.Span.IndexOf("strategy"u8) >= 0), cancellation),
            Rights = files.Any(file => file.Content.Span.IndexOf("approval"u8) >= 0) ? await RightsAsync(hub, cancellation) : null,
            Files = DeclarationFiles.Find,
            Today = DateOnly.FromDateTime(DateTime.UtcNow),
        });
        foreach (var problem in set.Problems)
            await arguments.Error.WriteLineAsync(problem.ToString());
        if (!set.IsValid)
        {
            var count = set.Problems.Count(p => p.Severity == ProblemSeverity.Error);
            throw new CommandException($"{count} problem{(count == 1 ? "" : "s")}; nothing was written", ExitCodes.Refused);
        }
        return set;
    }

    /// <summary>What the hub has that declarations refer to. Sites are many: only waves ask whom their labels select.</summary>
    private static async Task<IReadOnlyList<JsonObject>> KnownAsync(HubConnection hub, bool withSites, CancellationToken cancellation)
    {
        var known = new List<JsonObject>();
        foreach (var kind in new[] { Kinds.Component, Kinds.Stack, Kinds.RolloutStrategy, Kinds.MaintenanceWindow, Kinds.Fleet })
            known.AddRange(await hub.ListAsync(kind, cancellation));
        if (withSites)
            known.AddRange(await hub.ListAsync(Kinds.Site, cancellation));
        return known;
    }

    /// <summary>Who may do what, for gates that wait for an approval; null when that may not be read.</summary>
    private static async Task<IReadOnlyList<JsonObject>?> RightsAsync(HubConnection hub, CancellationToken cancellation)
    {
        try
        {
            var rights = new List<JsonObject>();
            foreach (var kind in Kinds.Rights)
            {
                // All of them or nothing: a part would make people seem to have no rights. Elements of lists need not say what they are.
                foreach (var item in (await hub.Api.ListAsync(kind, null, ListOptions.All, cancellation)).Items)
                {
                    (item["apiVersion"], item["kind"]) = (kind.ApiVersion, kind.Kind);
                    rights.Add(item);
                }
            }
            return rights;
        }
        catch (ApiStatusException e) when (e.Status.Code == 403)
        {
            return null;
        }
    }

    /// <summary>Kind, namespace and name as commands print them, <c>site/store-1</c>.</summary>
    public static string Shown(JsonObject obj)
    {
        var (kind, group) = (obj.String("kind")!.ToLowerInvariant(), obj.String("apiVersion")!.Split('/') is [var g, _] ? g : "");
        var place = obj.Object("metadata").String("namespace") is { Length: > 0 } ns ? $" in {ns}" : "";
        return $"{kind}{(group is "" or "flotilla.dev" ? "" : "." + group)}/{obj.Object("metadata").String("name")}{place}";
    }
}
