using System.Globalization;
using System.Text.Json.Nodes;
using Flotilla.Api.Sites;
using Flotilla.Cli.Connections;
using Flotilla.Cli.Output;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Describing;

/// <summary>A site: what it is, what it should run, what it runs, and what happened last.</summary>
internal static class SiteDescription
{
    private const int MostEntries = 10;
    private const int PageSize = 1000;

    public static async Task WriteAsync(Description text, Site site, HubConnection hub, CancellationToken cancellation)
    {
        var (spec, status) = (site.Spec, site.Status);
        text.Field("Name", site.Metadata.Name);
        text.Field("Namespace", site.Metadata.Namespace);
        text.Field("Display name", spec.DisplayName);
        text.Field("Labels", string.Join(", ", site.Metadata.Labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}")));
        text.Field("Location", Location(spec.Location));
        text.Field("Link", Link(spec.Link));
        text.Field("Parameters", string.Join(", ", spec.Parameters.Select(p => p.SecretRef is { } secret ? $"{p.Name} (from Secret {secret.Name})" : $"{p.Name}={p.Value}")));
        text.Field("Paused", spec.Paused ? "yes: nothing new is started here" : null);
        text.Field("Last seen", Ages.Since(status?.LastSeen, DateTimeOffset.UtcNow) is var age && age == "never" ? age : $"{age} ago");
        text.Field("Kubernetes", status?.Kubernetes is { } cluster ? $"{cluster.Version}, {cluster.Nodes.ToString(CultureInfo.InvariantCulture)} nodes" : null);
        text.Field("Agent", status?.Agent);
        text.Field("Link carried", LinkUse(status?.Link, spec.Link));
        text.Section("Releases", ["", "Fleet", "Revision", "Release", "Since"], Releases(status));
        text.Conditions(status?.Conditions ?? []);
        if (await ReportAsync(hub, site, cancellation) is { } report)
            WriteReport(text, report);
        text.Lines($"Journal (last {MostEntries}; all with `flotilla logs {site.Metadata.Name}`)", await JournalAsync(hub, site, cancellation));
    }

    private static string? LinkUse(SiteLinkUse? use, SiteLink? link) => use is null ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"{use.Total:N0} bytes on {use.Day}{(link?.DailyBudget is { } budget ? $" of {budget}" : "")}: desired state {use.DesiredState:N0}, content {use.Content:N0}, journal {use.Journal:N0}, overhead {use.Overhead:N0}{(use.Spent ? "; spent, all but the essential waits" : "")}");

    private static IEnumerable<IReadOnlyList<string?>> Releases(SiteStatus? status)
    {
        if (status?.Target is { } target)
            yield return ["target", target.Fleet, Digests.Short(target.Revision), Digests.Short(target.Release), ""];
        if (status?.Applied is { } applied)
            yield return ["applied", "", Digests.Short(applied.Revision), Digests.Short(applied.Release), Ages.Since(applied.Since, DateTimeOffset.UtcNow)];
    }

    private static void WriteReport(Description text, JsonNode report)
    {
        var components = report.Array("components") ?? [];
        text.Section("Components", ["Name", "Version", "Phase", "Reason", "Message"], components.Select(c =>
            (IReadOnlyList<string?>)[c.String("name"), c.String("version"), c.String("phase"), c.String("reason"), c.String("message")]));
        text.Section("Problems", ["Component", "Object", "Reason", "Message"],
            from component in components
            from problem in component.Array("problems") ?? []
            select (IReadOnlyList<string?>)[component.String("name"), problem.String("object"), problem.String("reason"), problem.String("message")]);
    }

    private static async Task<JsonNode?> ReportAsync(HubConnection hub, Site site, CancellationToken cancellation)
    {
        var gateway = await hub.GatewayAsync(cancellation);
        return (await gateway.FindAsync($"{PathOf(site)}/report", cancellation)).Object("report");
    }

    private static async Task<IReadOnlyList<string>> JournalAsync(HubConnection hub, Site site, CancellationToken cancellation)
    {
        var gateway = await hub.GatewayAsync(cancellation);
        var last = new Queue<string>();
        for (long after = 0; ;)
        {
            var page = (await gateway.FindAsync($"{PathOf(site)}/journal?after={after.ToString(CultureInfo.InvariantCulture)}&limit={PageSize}", cancellation)).Array("entries") ?? [];
            foreach (var stored in page)
            {
                last.Enqueue(JournalLine.Of(stored.Object("entry")));
                if (last.Count > MostEntries)
                    last.Dequeue();
            }
            if (page.Count < PageSize || page[^1].Member("position").AsInt64OrNull() is not { } position)
                return [.. last];
            after = position;
        }
    }

    private static string PathOf(Site site) => $"/v1/namespaces/{site.Metadata.Namespace}/sites/{site.Metadata.Name}";

    private static string? Location(SiteLocation? location) => location is null ? null : string.Join(", ", new[]
    {
        location.Country,
        location is { Latitude: { } latitude, Longitude: { } longitude } ? string.Create(CultureInfo.InvariantCulture, $"{latitude}°, {longitude}°") : null,
        location.TimeZone,
    }.Where(part => !string.IsNullOrEmpty(part)));

    private static string? Link(SiteLink? link) => link is null ? null : string.Join(", ", new[]
    {
        link.Bandwidth is null ? null : $"{link.Bandwidth} bit/s",
        link.Latency is null ? null : $"{link.Latency} round trip",
        link.Metered ? "metered" : null,
        link.ExpectedAway is null ? null : $"may be away for {link.ExpectedAway}",
    }.Where(part => part is not null));
}
