using Flotilla.ApiServer.Requests;
using Flotilla.ApiServer.Storage;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.ApiServer.Resources;

/// <summary>One page of a list.</summary>
internal sealed record ListPage(IReadOnlyList<StoredObject> Items, long Revision, string Continue, long? Remaining);

internal static class ListOperation
{
    /// <param name="ns">Empty for all namespaces.</param>
    public static ListPage Run(RequestContext context, ServedResource resource, string ns, ListOptions options)
    {
        var filter = ObjectFilter.Create(resource, options.Labels, options.Fields);
        var store = context.Cluster.Store.Resource(resource.StorageName);
        ObjectKey? after = null;
        long? at = null;
        if (options.Continue.Length > 0)
        {
            var token = ContinueToken.Decode(options.Continue);
            if (!context.Cluster.Reaches(token.Revision))
                throw ContinueToken.Bad("it is of another server");
            (after, at) = (token.After, token.Revision);
        }
        else if (options.Revision is { } wanted and > 0)
        {
            if (!context.Cluster.Reaches(wanted))
                throw TooNew(wanted, context.Cluster.Revision);
            if (options.ResourceVersionMatch == "Exact" || (options.Limit > 0 && options.ResourceVersionMatch.Length == 0))
                at = wanted;
        }

        ListResult found;
        try
        {
            found = store.List(ns.Length == 0 ? null : ns, after, options.Limit, at, filter is null ? null : filter.Matches);
        }
        catch (RevisionExpiredException) when (options.Continue.Length > 0)
        {
            throw ApiStatusException.Expired(
                "The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.");
        }
        catch (RevisionExpiredException)
        {
            throw ApiStatusException.Expired("The resourceVersion for the provided list is too old.");
        }
        var next = found.HasMore ? new ContinueToken(found.Revision, found.Items[^1].Key).Encode() : "";
        return new ListPage(found.Items, found.Revision, next, found.HasMore ? found.Remaining : null);
    }

    /// <summary>504: this server has not seen that revision (yet).</summary>
    public static ApiStatusException TooNew(long wanted, long current) =>
        new(new ApiStatus(504, "Timeout", $"Too large resource version: {wanted}, current: {current}")
        {
            RetryAfterSeconds = 1,
            Causes = [new StatusCause("ResourceVersionTooLarge", "Too large resource version", null)],
        });
}
