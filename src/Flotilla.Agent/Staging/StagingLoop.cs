using Flotilla.Agent.Applying;
using Flotilla.Agent.Links;
using Flotilla.Agent.Reporting;
using Flotilla.Agent.State;
using Flotilla.Agent.Syncing;
using Flotilla.Api;
using Flotilla.Api.Sync;
using Flotilla.Content;
using Flotilla.Content.Trust;
using Flotilla.Core.Windows;
using Microsoft.Extensions.Logging;

namespace Flotilla.Agent.Staging;

/// <summary>
/// Brings the wanted release here, and begins it when it may begin. What was begun before is kept in force until then, without a hub, and
/// across restarts.
/// </summary>
internal sealed partial class StagingLoop(SiteStory story, ReleaseStore store, ReleaseSource source, IAgentState state, LinkBudget budget, TimeProvider time, int seed, ILogger logger)
{
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LookAtClock = TimeSpan.FromMinutes(1);

    /// <summary>A clock that is set meanwhile must not make a site sleep through its window.</summary>
    private static readonly TimeSpan LookAtWindow = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan SpreadOverMorning = TimeSpan.FromHours(1);
    private readonly Backoff backoff = new(seed);
    private string staged = "";
    private (DesiredState Of, MaintenanceCalendar Calendar)? windows;

    public async Task RunAsync(CancellationToken cancellation)
    {
        await ResumeAsync(cancellation);
        while (true)
        {
            var next = story.Wanted.Next;
            var pause = await LookAsync(cancellation);
            if (pause is null)
            {
                await next.WaitAsync(cancellation);
                continue;
            }
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            await Task.WhenAny(next, Task.Delay(pause.Value, time, stop.Token));
            await stop.CancelAsync();
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Takes up what was begun before a restart, from disk alone.</summary>
    private async Task ResumeAsync(CancellationToken cancellation)
    {
        if (state.Record.Begun is not { } begun)
            return;
        try
        {
            if (await store.HasAsync(begun.Release, cancellation))
                source.Set(await store.LoadAsync(story.Identity, begun.Release, state.Record.BegunValues, cancellation));
        }
        catch (Exception e) when (e is InvalidDataException or DigestMismatchException or SealingException)
        {
            LogSpoilt(logger, begun.Release, e.Message);
        }
    }

    /// <summary>Does what can be done now.</summary>
    /// <returns>When to look again without news; null for not at all.</returns>
    private async Task<TimeSpan?> LookAsync(CancellationToken cancellation)
    {
        if (story.Desired is not { Stage: { } wanted } desired)
            return null;
        var received = store.Received;
        try
        {
            if (state.Record.Begun?.Release == wanted.Release && source.Current?.Digest == wanted.Release)
                return await RenewAsync(desired, wanted, cancellation);
            if (staged != wanted.Release)
                await StageAsync(wanted, cancellation);
            if (staged != wanted.Release)
                return TimeSpan.Zero;
            backoff.Reset();
            if (state.Record.Begun?.Release == wanted.Release)
            {
                await BeginAsync(desired, wanted, again: true, cancellation);
                return null;
            }
            if (Obstacle(desired) is not var (standing, pause))
            {
                await BeginAsync(desired, wanted, again: false, cancellation);
                return null;
            }
            story.Staging = standing;
            return pause;
        }
        catch (Exception e) when (e is BlobDownloadException or InvalidDataException or DigestMismatchException)
        {
            var reason = e is BlobDownloadException { Failure: BlobDownloadFailure.NotTheServer } ? Reasons.CaptivePortal : Reasons.FetchFailed;
            story.Staging = new StagingStanding(SitePhase.Staging, reason, e.Message);
            LogFetchFailed(logger, wanted.Release, e.Message);
            if (store.Received > received)
                backoff.Reset();
            return backoff.Next();
        }
        catch (LinkBudgetSpentException e)
        {
            story.Staging = new StagingStanding(SitePhase.Staging, Reasons.LinkBudgetSpent, $"{e.Message}; the rest of the release is fetched when the next one begins (UTC).");
            // Not all at the stroke of midnight.
            return budget.UntilNextDay + (backoff.Jittered(SpreadOverMorning) - (SpreadOverMorning / 2));
        }
        catch (SealingException e)
        {
            story.Staging = new StagingStanding(SitePhase.Failed, Reasons.SealedValueUnreadable, e.Message);
            return null;
        }
    }

    private async Task StageAsync(ReleaseTarget wanted, CancellationToken cancellation)
    {
        story.Staging = StagingStanding.Begin;
        var wasHere = await store.HasAsync(wanted.Release, cancellation);
        if (!wasHere && !await FetchAsync(wanted, cancellation))
            return;
        staged = wanted.Release;
        var message = wasHere ? "Everything of the release was here already." : "The release is here.";
        await story.ChangeAsync(
            record => record.Staged == wanted.Release || record.Begun?.Release == wanted.Release ? null : record with { Staged = wanted.Release },
            story.Draft(JournalEvent.ReleaseStaged, Reasons.Staging, message, wanted.Release), cancellation);
    }

    /// <summary>Fetches a release, for as long as it is the one that is wanted: on a thin line it may take hours that another one needs.</summary>
    /// <returns>Whether it is here.</returns>
    private async Task<bool> FetchAsync(ReleaseTarget wanted, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        // A way out of a failure is worth more than a budget.
        var isUrgent = story.Desired is { Permit: { AnyTime: true } permit } && permit.Release == wanted.Release;
        if (!isUrgent && !budget.HasRoomForContent)
            throw new LinkBudgetSpentException(budget.Say());
        var fetching = store.FetchAsync(story.Identity, wanted.Release, isUrgent, stop.Token);
        while (true)
        {
            var news = story.Wanted.Next;
            if (story.Desired?.Stage?.Release != wanted.Release)
                break;
            if (await Task.WhenAny(fetching, news) != fetching)
                continue;
            await fetching;
            return true;
        }
        await stop.CancelAsync();
        await fetching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        return false;
    }

    /// <summary>The same release with other sealed values: they take effect at once, and nothing is begun.</summary>
    private async Task<TimeSpan?> RenewAsync(DesiredState desired, ReleaseTarget wanted, CancellationToken cancellation)
    {
        if (desired.Sealed.SequenceEqual(state.Record.BegunValues))
            return null;
        var loaded = await store.LoadAsync(story.Identity, wanted.Release, desired.Sealed, cancellation);
        await story.ChangeAsync(record => record with { BegunValues = desired.Sealed }, null, cancellation);
        source.Set(loaded);
        return null;
    }

    private async Task BeginAsync(DesiredState desired, ReleaseTarget wanted, bool again, CancellationToken cancellation)
    {
        var previous = state.Record.Begun?.Release;
        var loaded = await store.LoadAsync(story.Identity, wanted.Release, desired.Sealed, cancellation);
        if (!again)
        {
            await story.ChangeAsync(
                record => record with { Begun = wanted, BegunAt = time.GetUtcNow(), BegunValues = desired.Sealed, IsBegunApplied = false, Staged = null },
                story.Draft(JournalEvent.ReleaseBegun, Reasons.Applying, $"The permit allows it until {desired.Permit!.NotAfter:u}.", wanted.Release), cancellation);
        }
        source.Set(loaded);
        story.Refresh();
        if (!state.SharesContent)
            await store.CollectAsync(new[] { wanted.Release, previous, state.Record.Applied?.Release }.OfType<string>(), cancellation);
    }

    /// <summary>What keeps the release from being begun, and when to look again; null for nothing.</summary>
    private (StagingStanding Standing, TimeSpan? Pause)? Obstacle(DesiredState desired)
    {
        var now = time.GetUtcNow();
        if (desired.Paused)
            return (new(SitePhase.Staged, Reasons.Paused, "The site is paused; the release is here."), null);
        if (desired.Permit is not { } permit || permit.Release != desired.Stage!.Release)
            return (new(SitePhase.Staged, Reasons.WaitingForPermit, "The release is here and waits for leave to begin."), null);
        if (now < state.Record.Floor.Time - ClockTolerance)
            return (new(SitePhase.Staged, Reasons.ClockUntrusted, $"The clock says {now:u}, and the hub signed something at {state.Record.Floor.Time:u}: set the clock."), LookAtClock);
        if (now < permit.NotBefore)
            return (new(SitePhase.Staged, Reasons.PermitNotOpen, $"The release may begin at {permit.NotBefore:u}."), permit.NotBefore - now);
        if (now > permit.NotAfter)
            return (new(SitePhase.Staged, Reasons.PermitOver, $"The leave to begin ended at {permit.NotAfter:u}; the hub gives another."), null);
        // A way out of a failure does not wait for the night; every other permit keeps to the windows.
        if (permit.AnyTime || Window(desired, now) is not { IsOpen: false } window)
            return null;
        var look = window.Opens < permit.NotAfter ? window.Opens.Value - now : permit.NotAfter - now + TimeSpan.FromMilliseconds(1);
        return (new(SitePhase.Staged, window.Reason!, window.Say()), look < LookAtWindow ? look : LookAtWindow);
    }

    /// <summary>What the site's windows say by its own clock. What would never fit into any of them is taken as it comes: it may have been slow only once.</summary>
    private WindowAnswer Window(DesiredState desired, DateTimeOffset now)
    {
        if (windows is not { } known || !ReferenceEquals(known.Of, desired))
        {
            windows = known = (desired, MaintenanceCalendar.Make(
                desired.Windows, desired.TimeZone, desired.Freezes, static name => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null));
        }
        var answer = known.Calendar.At(now, state.Record.Took ?? TimeSpan.Zero);
        return answer.IsOpen || answer.Opens is not null ? answer : known.Calendar.At(now);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "release {Release} cannot be fetched yet: {Why}")]
    private static partial void LogFetchFailed(ILogger logger, string release, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "release {Release} was begun and is spoilt on disk, it is fetched anew when the hub can be reached: {Why}")]
    private static partial void LogSpoilt(ILogger logger, string release, string why);
}
