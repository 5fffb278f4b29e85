using Flotilla.Api;

namespace Flotilla.Core.Windows;

/// <summary>What holds over some days, cut where it changes. Made once, then only read.</summary>
internal sealed class CalendarPages
{
    private readonly List<Page> pages = [];

    /// <summary>What holds from one moment to another.</summary>
    public CalendarPages(IReadOnlyList<Opening> openings, IReadOnlyList<Block> blocks, DateTime from, DateTime to)
    {
        Cut(openings, blocks, from, to);
        Finish(openings);
        Join();
    }

    /// <summary>The answer for a change that begins then and takes so long.</summary>
    /// <param name="last">What lies after it is not told.</param>
    public WindowAnswer At(DateTime now, TimeSpan expected, DateTime last)
    {
        var i = Find(now);
        var page = pages[i];
        if (page.IsOpen && page.Allows(now, expected))
            return Open(i, expected, last);
        return new()
        {
            Reason = page.Block is { } block ? block.IsFreeze ? Reasons.Frozen : Reasons.Blackout : Reasons.WindowClosed,
            Because = page.Block is { } why ? why.Reason : page.IsOpen ? "what takes so long would not be through in time" : null,
            Opens = Opens(i, expected) is { } opens && opens <= last ? opens : null,
        };
    }

    private WindowAnswer Open(int i, TimeSpan expected, DateTime last)
    {
        var end = i;
        while (end + 1 < pages.Count && pages[end + 1].IsOpen && pages[end].To <= last)
            end++;
        var (closes, latest) = (pages[end].To, pages[end].To);
        for (var at = i; at <= end; at++)
        {
            if (at > i && !pages[at].Allows(pages[at].From, expected))
                latest = pages[at].From;
            else if (pages[at].LatestStart(expected) is var start && start < pages[at].To)
                latest = start;
            else
                continue;
            break;
        }
        return new() { Closes = closes <= last ? closes : null, LastStart = latest <= last ? latest : null };
    }

    private DateTime? Opens(int i, TimeSpan expected)
    {
        for (var at = i + 1; at < pages.Count; at++)
        {
            if (pages[at].IsOpen && pages[at].Allows(pages[at].From, expected))
                return pages[at].From;
        }
        return null;
    }

    private int Find(DateTime now)
    {
        var (low, high) = (0, pages.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (pages[middle].From <= now)
                low = middle;
            else
                high = middle - 1;
        }
        return low;
    }

    private void Cut(IReadOnlyList<Opening> openings, IReadOnlyList<Block> blocks, DateTime from, DateTime to)
    {
        var cuts = new SortedSet<DateTime> { from };
        foreach (var (start, end, _) in openings)
            cuts.UnionWith([start, end]);
        foreach (var block in blocks)
            cuts.UnionWith([block.From, block.To]);
        var starts = cuts.Where(c => c >= from && c < to).ToList();
        var byStart = openings.Index().OrderBy(o => o.Item.From).ToList();
        var active = new List<int>();
        for (int i = 0, next = 0; i < starts.Count; i++)
        {
            var start = starts[i];
            active.RemoveAll(o => openings[o].To <= start);
            for (; next < byStart.Count && byStart[next].Item.From <= start; next++)
            {
                if (byStart[next].Item.To > start)
                    active.Add(byStart[next].Index);
            }
            var block = blocks.FirstOrDefault(b => b.IsFreeze && b.From <= start && b.To > start) ?? blocks.FirstOrDefault(b => b.From <= start && b.To > start);
            pages.Add(new Page(start, i + 1 < starts.Count ? starts[i + 1] : to, block, [.. active]));
        }
    }

    /// <summary>
    /// Until when what begins on a page must be through: until the last of its openings ends, and on in one that follows without a gap,
    /// or until what the opening says; in any case before a blackout or a freeze.
    /// </summary>
    private void Finish(IReadOnlyList<Opening> openings)
    {
        var blocked = DateTime.MaxValue;
        for (var i = pages.Count - 1; i >= 0; i--)
        {
            var page = pages[i];
            if (page.Block is not null)
                blocked = page.From;
            var finish = DateTime.MinValue;
            foreach (var index in page.Openings)
            {
                var opening = openings[index];
                var by = opening.FinishBy ?? Through(opening.To, i);
                finish = by > finish ? by : finish;
            }
            page.Finish = finish < blocked || page.Block is not null ? finish : blocked;
        }
    }

    private DateTime Through(DateTime end, int after)
    {
        if (end >= pages[^1].To)
            return DateTime.MaxValue;
        var following = pages[Math.Max(Find(end), after)];
        return following.From == end && following.Openings.Length > 0 && following.Finish > end ? following.Finish : end;
    }

    /// <summary>Where nothing changes from one page to the next, one is enough.</summary>
    private void Join()
    {
        var kept = 0;
        for (var i = 1; i < pages.Count; i++)
        {
            var (before, page) = (pages[kept], pages[i]);
            if (before.IsOpen == page.IsOpen && before.Block == page.Block && before.Finish == page.Finish)
                pages[kept] = before.Until(page.To);
            else
                pages[++kept] = page;
        }
        pages.RemoveRange(kept + 1, pages.Count - kept - 1);
    }

    /// <summary>A time in which the same holds.</summary>
    private sealed class Page(DateTime from, DateTime to, Block? block, int[] openings)
    {
        public DateTime From => from;

        public DateTime To => to;

        public Block? Block => block;

        public int[] Openings => openings;

        public DateTime Finish { get; set; }

        public Page Until(DateTime end) => new(from, end, block, openings) { Finish = Finish };

        public bool IsOpen => block is null && openings.Length > 0;

        public bool Allows(DateTime start, TimeSpan expected) => start <= LatestStart(expected);

        public DateTime LatestStart(TimeSpan expected) => Finish == DateTime.MaxValue ? Finish : Finish - expected;
    }
}
