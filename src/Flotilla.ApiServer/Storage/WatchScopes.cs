namespace Flotilla.ApiServer.Storage;

/// <summary>
/// The waiting watchers of a resource by what they look at, so that a change wakes only those that it concerns. Used under
/// the lock of the resource.
/// </summary>
internal sealed class WatchScopes
{
    private readonly Dictionary<ObjectKey, WatchScope> scopes = [];

    public bool IsEmpty => scopes.Count == 0;

    /// <summary>The scope of a namespace and a name; empty ones mean any.</summary>
    public WatchScope Enter(ObjectKey scope)
    {
        if (!scopes.TryGetValue(scope, out var found))
            scopes[scope] = found = new WatchScope(scope);
        found.Watchers++;
        return found;
    }

    public void Leave(WatchScope scope)
    {
        if (--scope.Watchers == 0)
            scopes.Remove(scope.Key);
    }

    /// <summary>Takes out all waiting watchers that look at a key.</summary>
    public void TakeWaiting(ObjectKey key, HistoryEntry position, List<Watcher> woken)
    {
        Take(new ObjectKey("", ""), position, woken);
        Take(new ObjectKey("", key.Name), position, woken);
        if (key.Namespace.Length == 0)
            return;
        Take(new ObjectKey(key.Namespace, ""), position, woken);
        Take(key, position, woken);
    }

    public void TakeAllWaiting(HistoryEntry position, List<Watcher> woken)
    {
        foreach (var scope in scopes.Values)
            scope.TakeWaiting(position, woken);
    }

    private void Take(ObjectKey scope, HistoryEntry position, List<Watcher> woken)
    {
        if (scopes.TryGetValue(scope, out var found))
            found.TakeWaiting(position, woken);
    }
}

/// <summary>The watchers that look at the same part of a resource.</summary>
internal sealed class WatchScope(ObjectKey key)
{
    private readonly List<Watcher> waiting = [];

    public ObjectKey Key => key;

    public int Watchers { get; set; }

    public bool Contains(ObjectKey other) =>
        (key.Namespace.Length == 0 || key.Namespace == other.Namespace) && (key.Name.Length == 0 || key.Name == other.Name);

    /// <summary>Adds a watcher; the result is its place for <see cref="Remove"/>.</summary>
    public int Add(Watcher watcher)
    {
        waiting.Add(watcher);
        return waiting.Count - 1;
    }

    public void Remove(int place)
    {
        var last = waiting[^1];
        waiting[place] = last;
        last.WaitingPlace = place;
        waiting.RemoveAt(waiting.Count - 1);
    }

    public void TakeWaiting(HistoryEntry position, List<Watcher> woken)
    {
        foreach (var watcher in waiting)
        {
            watcher.Resume(position);
            woken.Add(watcher);
        }
        waiting.Clear();
    }
}
