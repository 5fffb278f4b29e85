using System.Globalization;
using Flotilla.Agent.State;
using Flotilla.Api.Sync;

namespace Flotilla.Agent.Links;

/// <summary>Counts what the link carries, by day and by what it was for, and keeps that over restarts.</summary>
/// <param name="wire">All bytes that went over connections since the start, both ways; null where nobody counts them.</param>
public sealed class LinkBook(IAgentState state, Func<long>? wire, TimeProvider time)
{
    /// <summary>What a loss of power may forget.</summary>
    private static readonly TimeSpan KeptEvery = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private LinkRecord kept = state.Link ?? new LinkRecord(null, null);
    private long desiredState, content, journal;
    private long wireBefore;
    private string day = "";
    private long savedTotal = -1;
    private long savedAt = time.GetTimestamp();

    /// <summary>This day so far.</summary>
    public LinkDay Today
    {
        get
        {
            lock (gate)
                return Turn();
        }
    }

    /// <summary>The day that was last over; null while there was none.</summary>
    public LinkDay? Yesterday
    {
        get
        {
            lock (gate)
            {
                Turn();
                return kept.Yesterday;
            }
        }
    }

    public void DesiredState(int bytes) => Add(ref desiredState, bytes);

    public void Content(int bytes) => Add(ref content, bytes);

    public void Journal(int bytes) => Add(ref journal, bytes);

    /// <summary>Keeps what was counted, once a minute at most unless it is the last time. Asked after each exchange: what nobody asks for needs no timer.</summary>
    public async ValueTask KeepAsync(bool isLast, CancellationToken cancellation)
    {
        LinkRecord now;
        lock (gate)
        {
            now = new LinkRecord(Turn(), kept.Yesterday);
            if (now.Today!.Total == savedTotal || (!isLast && time.GetElapsedTime(savedAt) < KeptEvery))
                return;
            (savedTotal, savedAt) = (now.Today.Total, time.GetTimestamp());
        }
        try
        {
            await state.SaveLinkAsync(now, cancellation);
        }
        catch (IOException)
        {
            // A count of bytes is worth no site: on a disk that is full it goes on in memory.
        }
    }

    private void Add(ref long counter, int bytes)
    {
        lock (gate)
        {
            Turn();
            counter += bytes;
        }
    }

    /// <summary>Begins a new day when it is one, and tells this one.</summary>
    private LinkDay Turn()
    {
        var now = time.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var carried = wire?.Invoke() ?? 0;
        if (now != day)
        {
            if (day.Length > 0)
                kept = new LinkRecord(null, Sum(carried));
            else if (kept.Today is { } earlier && earlier.Day != now)
                kept = new LinkRecord(null, earlier);
            (day, desiredState, content, journal, wireBefore) = (now, 0, 0, 0, carried);
        }
        return Sum(carried);
    }

    /// <summary>With what an earlier run of the agent counted on the same day.</summary>
    private LinkDay Sum(long carried)
    {
        var before = kept.Today is { } earlier && earlier.Day == day ? earlier : new LinkDay(day, 0, 0, 0, 0);
        return new LinkDay(
            day, before.DesiredState + desiredState, before.Content + content, before.Journal + journal,
            before.Overhead + Math.Max(0, carried - wireBefore - desiredState - content - journal));
    }
}

/// <summary>What is kept of it.</summary>
public sealed record LinkRecord(LinkDay? Today, LinkDay? Yesterday);
