using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Client;

public sealed partial class KubernetesClient
{
    /// <summary>One object; null when it is not there (404).</summary>
    /// <exception cref="ApiStatusException">The server refused.</exception>
    public Task<JsonObject?> GetAsync(ResourceReference resource, string? ns, string name, CancellationToken cancellation) =>
        GetAsync(resource, ns, name, subresource: null, cancellation);

    /// <summary>One object, or a subresource of it; null when it is not there (404).</summary>
    /// <exception cref="ApiStatusException">The server refused.</exception>
    public async Task<JsonObject?> GetAsync(ResourceReference resource, string? ns, string name, string? subresource, CancellationToken cancellation)
    {
        using var answer = await ExchangeAsync(
            HttpMethod.Get, resource.ObjectPath(ns, name, subresource), MediaNames.Json, null, absentIsNull: true, cancellation);
        return answer?.Object();
    }

    /// <summary>All objects that fit, of a namespace or (null) of all; large lists are fetched page by page.</summary>
    /// <exception cref="ApiStatusException">The server refused.</exception>
    public async Task<ObjectList> ListAsync(ResourceReference resource, string? ns, ListOptions options, CancellationToken cancellation)
    {
        var items = new List<JsonObject>();
        var version = "";
        await foreach (var page in ListPagesAsync(resource, ns, options, cancellation))
        {
            if (page.StartsOver)
                items.Clear();
            items.AddRange(page.Items);
            version = page.ResourceVersion;
        }
        return new ObjectList(items, version);
    }

    /// <summary>As <see cref="ListAsync"/>, but page by page, for lists that need not be in memory as a whole.</summary>
    /// <exception cref="ApiStatusException">The server refused.</exception>
    public async IAsyncEnumerable<ObjectPage> ListPagesAsync(
        ResourceReference resource, string? ns, ListOptions options, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var accept = options.MetadataOnly ? $"{MediaNames.MetadataList},{MediaNames.Json}" : MediaNames.Json;
        string? next = null;
        var (limit, startsOver) = (options.PageSize, false);
        do
        {
            Answer answer;
            try
            {
                answer = await ExchangeAsync(HttpMethod.Get, ListPath(resource, ns, options, limit, next), accept, null, cancellation);
            }
            catch (ApiStatusException e) when (e.Status.Code == 410 && next is not null)
            {
                // The list was too slow for the server to remember where it began: all at once then.
                (next, limit, startsOver) = (null, 0, true);
                continue;
            }
            JsonObject list;
            using (answer)
                list = answer.Object();
            var metadata = list.Object("metadata");
            next = metadata.String("continue");
            yield return new ObjectPage(TakeItems(list, resource), metadata.String("resourceVersion") ?? "", startsOver);
            startsOver = false;
        }
        while (startsOver || !string.IsNullOrEmpty(next));
    }

    /// <summary>
    /// Changes as they happen. Ends when the server ends the watch, as servers do from time to time; go on from the version of the last event.
    /// </summary>
    /// <exception cref="ApiStatusException">The server refused. Code 410: it no longer knows the version to go on from, so list again.</exception>
    /// <exception cref="HttpRequestException">The connection broke.</exception>
    public async IAsyncEnumerable<WatchEvent> WatchAsync(
        ResourceReference resource, string? ns, WatchOptions options, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address(WatchPath(resource, ns, options)));
        request.Headers.TryAddWithoutValidation("Accept", options.MetadataOnly ? $"{MediaNames.Metadata},{MediaNames.Json}" : MediaNames.Json);
        using var response = await SendAsync(request, cancellation);
        if (!response.IsSuccessStatusCode)
        {
            using var answer = await Answer.ReadAsync(response, cancellation);
            throw ApiFailure.Of(request, answer, time);
        }
        using var stream = new WatchStream(await response.Content.ReadAsStreamAsync(cancellation));
        while (await stream.NextAsync(cancellation) is { } change)
            yield return change;
    }

    private static string ListPath(ResourceReference resource, string? ns, ListOptions options, int limit, string? next)
    {
        var query = new QueryText(resource.CollectionPath(ns));
        query.Add("labelSelector", options.LabelSelector);
        query.Add("fieldSelector", options.FieldSelector);
        query.Add("limit", limit);
        query.Add("continue", next);
        if (string.IsNullOrEmpty(next))
        {
            query.Add("resourceVersion", options.ResourceVersion);
            query.Add("resourceVersionMatch", options.ResourceVersionMatch);
        }
        return query.ToString();
    }

    private static string WatchPath(ResourceReference resource, string? ns, WatchOptions options)
    {
        var query = new QueryText(resource.CollectionPath(ns));
        query.Flag("watch", true);
        query.Flag("allowWatchBookmarks", options.Bookmarks);
        query.Add("labelSelector", options.LabelSelector);
        query.Add("fieldSelector", options.FieldSelector);
        query.Add("resourceVersion", options.ResourceVersion);
        query.Add("timeoutSeconds", options.Timeout is { } timeout ? ((long)Math.Ceiling(timeout.TotalSeconds)).ToString(CultureInfo.InvariantCulture) : null);
        return query.ToString();
    }

    /// <summary>Takes the items out of a list, so that they can go elsewhere, and tells them what they are: servers leave that out.</summary>
    private static List<JsonObject> TakeItems(JsonObject list, ResourceReference resource)
    {
        if (list.Array("items") is not { } array)
            return [];
        var items = new List<JsonObject>(array.Count);
        items.AddRange(array.OfType<JsonObject>());
        array.Clear();
        foreach (var item in items)
        {
            if (!item.ContainsKey("kind"))
                item.Insert(0, "kind", resource.Kind);
            if (!item.ContainsKey("apiVersion"))
                item.Insert(0, "apiVersion", resource.ApiVersion);
        }
        return items;
    }
}
