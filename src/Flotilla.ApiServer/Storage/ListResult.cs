namespace Flotilla.ApiServer.Storage;

/// <summary>A part of a resource as it was at one revision.</summary>
/// <param name="Items">In order of their keys.</param>
/// <param name="Revision">The revision of the state that was read; a watch from here on continues it without gap.</param>
/// <param name="HasMore">Whether keys follow after the last item (which a filter may still leave out).</param>
/// <param name="Remaining">How many keys follow; null when a filter decides.</param>
internal sealed record ListResult(IReadOnlyList<StoredObject> Items, long Revision, bool HasMore, int? Remaining);
