using Flotilla.Agent.Links;
using Flotilla.Api;
using Flotilla.Api.Sync;
using Microsoft.Extensions.Logging;

namespace Flotilla.Agent.Syncing;

/// <summary>
/// Keeps a site and its hub in step. On good links one request is held by the hub until it has news, and what happens at the site goes out
/// at once beside it; on metered links the site asks seldom. Every request can be repeated: what the hub has acknowledged is on its disk.
/// </summary>
public sealed partial class SyncLoop(HubRequests hub, ISyncedSite site, TimeProvider time, int seed, ILogger logger)
{
    private const int MostEntries = 500;
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan GatherMetered = TimeSpan.FromSeconds(10);
    private const int EagerTimes = 8;
    private static readonly TimeSpan Eager = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(1);

    private readonly Backoff backoff = new(seed);
    private readonly HoldSpan span = new();
    private string reportAtHub = "";
    private long? storedAtHub;
    private bool wantsTaken;
    private long asked;
    private long answered;
    private DateTimeOffset lastAnswer;
    private int eager;

    /// <summary>The version that the agent says it is.</summary>
    public string Version { get; init; } = "";

    /// <summary>The line that it shares with content; null when there is none.</summary>
    public LinkShare? Link { get; init; }

    /// <summary>What the link may carry, and what it carried; null where nobody counts.</summary>
    public LinkBudget? Budget { get; init; }

    /// <summary>Why the last request brought nothing; null when it brought something.</summary>
    public SyncFailure? Trouble { get; private set; }

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task? held = null;
        try
        {
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                var news = site.Changed.Next;
                try
                {
                    if (HasNews())
                        await TellAsync(cancellation);
                    else if (site.Policy.HoldSeconds > 0)
                        held = await HoldAsync(held ?? HeldAsync(stop.Token), news, cancellation);
                    else
                        await AskLaterAsync(news, cancellation);
                }
                catch (SyncFailure failure)
                {
                    held = held is { IsCompleted: true } ? null : held;
                    await PutOffAsync(failure, cancellation);
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            if (held is not null)
                await held.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The last entry that the hub has, as far as is known. A hub that was restored may have fewer than it once acknowledged.</summary>
    private long StoredAtHub => storedAtHub ?? site.Journal.Acknowledged;

    /// <summary>Whether the hub lacks something of ours.</summary>
    private bool HasNews() => wantsTaken || (MayTellJournal && site.Journal.Last > StoredAtHub) || site.Standing().ReportDigest != reportAtHub;

    /// <summary>The journal waits when the budget of the day is used; its report does not.</summary>
    private bool MayTellJournal => Budget?.HasRoomForJournal ?? true;

    private async Task TellAsync(CancellationToken cancellation)
    {
        var (stored, report) = (StoredAtHub, reportAtHub);
        await ExchangeAsync(hold: 0, cancellation);
        // It answers, and does not take what we say: not to be asked again at once.
        if (HasNews() && StoredAtHub <= stored && reportAtHub == report)
            throw new SyncFailure(Reasons.HubFailing, $"{hub.Address} answers, but takes neither the journal after entry {stored} nor the report");
        Recovered();
    }

    /// <summary>Waits for the hub's news or ours. The request stays held when ours came first.</summary>
    private async Task<Task?> HoldAsync(Task held, Task news, CancellationToken cancellation)
    {
        if (await Task.WhenAny(held, news) == held)
        {
            await held;
            Recovered();
            return null;
        }
        await Task.Delay(Gather, time, cancellation);
        return held;
    }

    private async Task HeldAsync(CancellationToken cancellation)
    {
        var (begun, before) = (time.GetTimestamp(), site.Standing());
        try
        {
            await ExchangeAsync(span.Within(site.Policy.HoldSeconds), cancellation);
            span.Lasted(time.GetElapsedTime(begun));
        }
        catch (SyncFailure failure) when (failure.Reason == Reasons.HubUnreachable)
        {
            span.Broke(time.GetElapsedTime(begun));
            throw;
        }
        var now = site.Standing();
        // A hub that stops answers without news, and one may send what we do not take: neither should be asked in a tight loop.
        if ((before.Epoch, before.Sequence, before.KeySet) == (now.Epoch, now.Sequence, now.KeySet) && time.GetElapsedTime(begun) < AtOnce)
            await Task.Delay(backoff.Jittered(AtOnce), time, cancellation);
    }

    /// <summary>Waits until it is time to ask, or until there is something to tell.</summary>
    private async Task AskLaterAsync(Task news, CancellationToken cancellation)
    {
        var interval = backoff.Jittered(Pause());
        var rest = lastAnswer + interval - time.GetUtcNow();
        if (rest > interval)
            rest = interval;
        if (rest > TimeSpan.Zero)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var pause = Task.Delay(rest, time, stop.Token);
            if (await Task.WhenAny(pause, news) != pause)
            {
                await stop.CancelAsync();
                await Task.Delay(GatherMetered, time, cancellation);
                return;
            }
            await pause;
        }
        eager++;
        await ExchangeAsync(hold: 0, cancellation);
        Recovered();
    }

    /// <summary>A site in the middle of a change asks often for a while, then ever less: a change is worth its bytes, a long wait is not.</summary>
    private TimeSpan Pause()
    {
        var usual = TimeSpan.FromSeconds(Math.Max(1, site.Policy.IntervalSeconds));
        if (!site.AwaitsHub)
        {
            eager = 0;
            return usual;
        }
        var wanted = Eager * Math.Pow(2, Math.Clamp(eager - EagerTimes, 0, 20));
        return wanted < usual ? wanted : usual;
    }

    private async Task ExchangeAsync(int hold, CancellationToken cancellation)
    {
        var turn = ++asked;
        var standing = site.Standing();
        var taken = wantsTaken && hold == 0 ? site.Taken : default;
        // One that the hub holds is no hurry: content has the line meanwhile.
        using var first = hold > 0 ? null : Link?.GoFirst();
        var entries = hold > 0 || !MayTellJournal ? [] : await site.Journal.ReadAsync(StoredAtHub, MostEntries, cancellation);
        var response = await hub.SyncAsync(
            site.Identity,
            new SyncRequest
            {
                Epoch = standing.Epoch,
                Sequence = standing.Sequence,
                KeySet = standing.KeySet,
                Agent = Version,
                Journal = site.Journal.Stream,
                Entries = entries,
                ReportDigest = standing.ReportDigest,
                Report = standing.ReportDigest == reportAtHub ? null : standing.Report,
                Taken = taken.Envelope,
                TakenKeys = taken.KeySet,
                HoldSeconds = hold,
            },
            cancellation);
        lastAnswer = time.GetUtcNow();
        if (Budget is not null)
            await Budget.Book.KeepAsync(isLast: false, cancellation);
        await site.Journal.AcknowledgeAsync(response.Acknowledged, cancellation);
        // A request that was held knows less than one that was asked and answered beside it.
        if (turn < answered)
            return;
        answered = turn;
        reportAtHub = response.ReportDigest;
        wantsTaken = response.WantsTaken && site.Taken.Envelope is not null;
        storedAtHub = await StoredAsync(response.Acknowledged, cancellation);
        if (response.KeySet is { } keys)
            await site.TakeKeySetAsync(keys, cancellation);
        if (response.Envelope is { } envelope)
            await site.TakeAsync(envelope, cancellation);
    }

    /// <summary>Where to go on, when the hub has less than it acknowledged and we still have the rest; null where it was acknowledged.</summary>
    private async ValueTask<long?> StoredAsync(long stored, CancellationToken cancellation)
    {
        if (stored >= site.Journal.Acknowledged)
            return null;
        return await site.Journal.ReadAsync(stored, 1, cancellation) is [{ } next] && next.Follows(stored) ? stored : null;
    }

    private void Recovered()
    {
        if (Trouble is { } over)
            LogRecovered(logger, over.Reason);
        Trouble = null;
        backoff.Reset();
    }

    private async Task PutOffAsync(SyncFailure failure, CancellationToken cancellation)
    {
        var pause = backoff.After(failure);
        if (Trouble?.Reason != failure.Reason)
            LogTrouble(logger, failure.Reason, failure.Message, pause.TotalSeconds);
        Trouble = failure;
        await Task.Delay(pause, time, cancellation);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason}: {Why}; asking again in {Seconds:0} s, and ever less often. What is applied is kept as it is")]
    private static partial void LogTrouble(ILogger logger, string reason, string why, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "in touch with the hub again (was: {Reason})")]
    private static partial void LogRecovered(ILogger logger, string reason);
}
