namespace Flotilla.ApiServer.Storage;

/// <summary>Keeps the changes of all resources within bounds: the oldest of the whole process goes first. Used by the writer alone.</summary>
internal sealed class History(StorageOptions options)
{
    // What an entry, its change and its place in the queue take besides the texts.
    private const int Overhead = 200;

    private readonly Queue<(ResourceStore Resource, long Cost)> order = new();
    private long bytes;

    public void Add(ResourceStore resource, Change change)
    {
        // The new state is in memory anyway, unless the object is gone.
        long cost = Overhead + (change.Previous?.Json.Length ?? 0) + (change.Type == ChangeType.Deleted ? change.Object.Json.Length : 0);
        order.Enqueue((resource, cost));
        bytes += cost;
    }

    public void Trim()
    {
        while (order.Count > options.HistoryChanges || bytes > options.HistoryBytes)
        {
            var (resource, cost) = order.Dequeue();
            bytes -= cost;
            resource.DropOldestChange();
        }
    }
}
