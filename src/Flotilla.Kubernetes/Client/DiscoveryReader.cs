using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Client;

/// <summary>
/// Reads discovery: two requests where the server aggregates it (KEP-3352), else one for each group and version.
/// </summary>
internal static class DiscoveryReader
{
    private const int AtOnce = 8;

    public static async Task<IReadOnlyList<ServedResource>> ReadAsync(KubernetesClient client, CancellationToken cancellation)
    {
        var core = ReadRootAsync(client, "/api", cancellation);
        var groups = ReadRootAsync(client, "/apis", cancellation);
        await Task.WhenAll(core, groups);
        return [.. await core, .. await groups];
    }

    private static async Task<IReadOnlyList<ServedResource>> ReadRootAsync(KubernetesClient client, string path, CancellationToken cancellation)
    {
        JsonObject document;
        using (var answer = await client.ExchangeAsync(HttpMethod.Get, path, MediaNames.Discovery, null, cancellation))
            document = answer.Object();
        return document.String("kind") switch
        {
            "APIGroupDiscoveryList" => [.. Aggregated(document)],
            "APIVersions" => await ReadVersionsAsync(client, [.. Texts(document, "versions").Select(v => ("", v))], cancellation),
            _ => await ReadVersionsAsync(client, [.. GroupVersions(document)], cancellation),
        };
    }

    private static IEnumerable<ServedResource> Aggregated(JsonObject document) =>
        from @group in Objects(document, "items")
        let name = @group.Object("metadata").String("name") ?? ""
        from version in Objects(@group, "versions")
        from resource in Objects(version, "resources")
        let kind = resource.Object("responseKind").String("kind")
        where !string.IsNullOrEmpty(kind)
        select new ServedResource(new ResourceReference(
            name, version.String("version") ?? "", resource.String("resource") ?? "", resource.String("scope") == "Namespaced", kind))
        {
            Singular = resource.String("singularResource") ?? "",
            ShortNames = Texts(resource, "shortNames"),
            Categories = Texts(resource, "categories"),
            Verbs = Texts(resource, "verbs"),
            Subresources = [.. Objects(resource, "subresources").Select(s => s.String("subresource") ?? "")],
        };

    /// <summary>Groups in the server's order, each with its preferred version first.</summary>
    private static IEnumerable<(string Group, string Version)> GroupVersions(JsonObject document) =>
        from @group in Objects(document, "groups")
        let preferred = @group.Object("preferredVersion").String("version")
        from version in Objects(@group, "versions").Select(v => v.String("version") ?? "").OrderBy(v => v == preferred ? 0 : 1)
        select (@group.String("name") ?? "", version);

    private static async Task<IReadOnlyList<ServedResource>> ReadVersionsAsync(
        KubernetesClient client, (string Group, string Version)[] versions, CancellationToken cancellation)
    {
        var found = new IReadOnlyList<ServedResource>[versions.Length];
        var limit = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation };
        await Parallel.ForAsync(0, versions.Length, limit, async (i, stop) => found[i] = await ReadVersionAsync(client, versions[i], stop));
        return [.. found.SelectMany(f => f)];
    }

    private static async Task<IReadOnlyList<ServedResource>> ReadVersionAsync(
        KubernetesClient client, (string Group, string Version) of, CancellationToken cancellation)
    {
        var path = of.Group.Length == 0 ? $"/api/{of.Version}" : $"/apis/{of.Group}/{of.Version}";
        JsonObject document;
        try
        {
            using var answer = await client.ExchangeAsync(HttpMethod.Get, path, MediaNames.Json, null, cancellation);
            document = answer.Object();
        }
        catch (ApiStatusException e) when (e.Status.Code is 404 or 503)
        {
            // An aggregated API whose backend is away must not hide all others.
            return [];
        }
        var entries = Objects(document, "resources").ToList();
        return
        [
            .. from entry in entries
               let plural = entry.String("name") ?? ""
               where !plural.Contains('/', StringComparison.Ordinal)
               select new ServedResource(new ResourceReference(
                   of.Group, of.Version, plural, entry.Member("namespaced").AsBoolOrNull() ?? false, entry.String("kind") ?? ""))
               {
                   Singular = entry.String("singularName") ?? "",
                   ShortNames = Texts(entry, "shortNames"),
                   Categories = Texts(entry, "categories"),
                   Verbs = Texts(entry, "verbs"),
                   Subresources = [.. entries.Select(e => e.String("name") ?? "")
                       .Where(n => n.StartsWith(plural + "/", StringComparison.Ordinal)).Select(n => n[(plural.Length + 1)..])],
               },
        ];
    }

    private static IEnumerable<JsonObject> Objects(JsonObject of, string key) => (of.Array(key) ?? []).OfType<JsonObject>();

    private static IReadOnlyList<string> Texts(JsonObject of, string key) =>
        of.Array(key) is { Count: > 0 } list ? [.. list.Select(t => t.AsStringOrNull()).OfType<string>()] : [];
}
