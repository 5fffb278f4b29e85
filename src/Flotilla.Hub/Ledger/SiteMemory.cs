using System.Collections.Concurrent;
using Flotilla.Api.Sites;
using Flotilla.Core.Sites;

namespace Flotilla.Hub.Ledger;

/// <summary>
/// What this process remembers of the database, so that a site with nothing new costs no read. A state is put in only when nothing
/// changed the site since it began to be read; times of last contact live here first.
/// </summary>
internal sealed class SiteMemory
{
    private readonly ConcurrentDictionary<SiteName, Slot> slots = new();
    private readonly Lock guard = new();
    private readonly ConcurrentQueue<(SiteName Site, Slot Slot)> touched = new();
    private long changes;
    private long changesElsewhere;
    private bool deaf;

    /// <summary>Names a moment before a read.</summary>
    public long Now
    {
        get
        {
            lock (guard)
                return changes;
        }
    }

    /// <summary>The state of a site as it was read; null when it must be read.</summary>
    public SiteState? Find(SiteName site) => slots.TryGetValue(site, out var slot) ? slot.State : null;

    /// <summary>The facts of a state, with the last contact that is known here.</summary>
    public SiteFacts FactsOf(SiteState state)
    {
        var facts = state.Facts;
        var seen = slots.TryGetValue(facts.Site, out var slot) ? slot.LastSeen : 0;
        return seen <= (facts.LastSeen?.UtcTicks ?? 0) ? facts : facts with { LastSeen = new DateTimeOffset(seen, TimeSpan.Zero) };
    }

    /// <summary>Remembers what was read since a moment, unless the site changed after it.</summary>
    public void Put(SiteState state, long asOf)
    {
        lock (guard)
        {
            if (!slots.TryGetValue(state.Facts.Site, out var slot))
            {
                if (deaf || changesElsewhere > asOf)
                    return;
                slots[state.Facts.Site] = slot = new Slot();
            }
            slot.See(state.Facts.LastSeen?.UtcTicks ?? 0);
            if (!deaf && slot.ChangedAt <= asOf)
                slot.State = state;
        }
    }

    /// <summary>The site changed: what is known of it must be read again.</summary>
    public void Forget(SiteName site, bool altogether)
    {
        lock (guard)
        {
            changes++;
            if (!altogether && slots.TryGetValue(site, out var slot))
            {
                slot.ChangedAt = changes;
                slot.State = null;
                return;
            }
            changesElsewhere = changes;
            slots.TryRemove(site, out _);
        }
    }

    /// <summary>Changes may be missed from now on (true): nothing is remembered until they are heard again (false).</summary>
    /// <returns>The sites that were remembered.</returns>
    public IReadOnlyList<SiteName> SetDeaf(bool value)
    {
        lock (guard)
        {
            deaf = value;
            changesElsewhere = ++changes;
            foreach (var slot in slots.Values)
            {
                slot.ChangedAt = changes;
                slot.State = null;
            }
            return [.. slots.Keys];
        }
    }

    /// <summary>The site was heard of.</summary>
    public void Touch(SiteName site, DateTimeOffset now)
    {
        if (slots.TryGetValue(site, out var slot) && slot.See(now.UtcTicks) && slot.MarkTouched())
            touched.Enqueue((site, slot));
    }

    /// <summary>The contacts that were not taken before.</summary>
    public IReadOnlyList<(SiteName Site, DateTimeOffset Seen)> TakeTouched()
    {
        var seen = new List<(SiteName, DateTimeOffset)>();
        for (var left = touched.Count; left > 0 && touched.TryDequeue(out var next); left--)
        {
            next.Slot.UnmarkTouched();
            seen.Add((next.Site, new DateTimeOffset(next.Slot.LastSeen, TimeSpan.Zero)));
        }
        return seen;
    }

    private sealed class Slot
    {
        private long lastSeen;
        private int isTouched;

        public volatile SiteState? State;

        public long ChangedAt { get; set; }

        public long LastSeen => Volatile.Read(ref lastSeen);

        /// <summary>Moves the last contact on, never back.</summary>
        public bool See(long ticks)
        {
            for (var current = LastSeen; current < ticks;)
            {
                var found = Interlocked.CompareExchange(ref lastSeen, ticks, current);
                if (found == current)
                    return true;
                current = found;
            }
            return false;
        }

        public bool MarkTouched() => Interlocked.Exchange(ref isTouched, 1) == 0;

        public void UnmarkTouched() => Volatile.Write(ref isTouched, 0);
    }
}
