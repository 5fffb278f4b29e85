namespace Flotilla.Hub.Ledger;

/// <summary>Who hears of changes.</summary>
internal sealed class LedgerSubscribers
{
    private readonly Lock guard = new();
    private volatile Action<LedgerChange>[] all = [];

    public IDisposable Add(Action<LedgerChange> onChange)
    {
        lock (guard)
            all = [.. all, onChange];
        return new Subscription(this, onChange);
    }

    public void Tell(LedgerChange change)
    {
        foreach (var onChange in all)
            onChange(change);
    }

    private sealed class Subscription(LedgerSubscribers owner, Action<LedgerChange> onChange) : IDisposable
    {
        public void Dispose()
        {
            lock (owner.guard)
            {
                var index = Array.IndexOf(owner.all, onChange);
                if (index >= 0)
                    owner.all = [.. owner.all[..index], .. owner.all[(index + 1)..]];
            }
        }
    }
}
