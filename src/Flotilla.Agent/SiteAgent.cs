using Flotilla.Agent.Applying;
using Flotilla.Agent.Clusters;
using Flotilla.Agent.Enrolments;
using Flotilla.Agent.Links;
using Flotilla.Agent.Staging;
using Flotilla.Agent.State;
using Flotilla.Agent.Syncing;
using Flotilla.Api;
using Flotilla.Api.Sync;
using Microsoft.Extensions.Logging;

namespace Flotilla.Agent;

/// <summary>
/// What runs at a site: enrols once, takes what the hub wants, fetches it, applies it, keeps it so, and tells. Nothing but a newer desired
/// state changes what is kept in force; a hub that cannot be reached changes nothing.
/// </summary>
public sealed partial class SiteAgent(SiteAgentOptions options)
{
    private readonly IAgentState state = options.State;

    /// <summary>Runs until it is cancelled.</summary>
    /// <exception cref="IOException">The state could not be kept.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var roads = new HubRoads(options.Hub, options.HubAddress, options.Time);
        using var hub = new HttpMessageInvoker(roads, disposeHandler: false);
        var counted = new LinkBook(state, options.Wire, options.Time);
        var requests = new HubRequests(hub, options.HubAddress, options.Time, counted);
        using var book = new SiteBook(state);
        var identity = await IdentifyAsync(requests, book, cancellation);
        using var story = new SiteStory(identity, book, options.Time);
        roads.Home = () => story.Desired?.Home;
        // Whoever named another address than that of the enrolment meant it.
        if (identity.Address != options.HubAddress.ToString())
            roads.TakeDetour();
        await TellBeginningsAsync(story, identity, cancellation);
        await story.TellAsync(JournalEvent.AgentStarted, "", $"agent {AgentVersion.Text}", cancellation);

        var source = new ReleaseSource();
        var link = new LinkShare(() => story.Policy.FetchBitsPerSecond, options.Time);
        var budget = new LinkBudget(counted, () => story.Policy.DailyBytes, options.Time);
        story.Link = budget;
        var store = new ReleaseStore(hub, requests, state, link, budget, options.Time, options.Seed + 4);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] parts =
        [
            // The floor first: what the cluster remembers must be known before anything is taken.
            SyncAsync(requests, story, book, link, budget, stop.Token),
            new StagingLoop(story, store, source, state, budget, options.Time, options.Seed + 1, options.Logger).RunAsync(stop.Token),
            new ReleaseApplier(options.Cluster, story, options.Time, options.Logger).RunAsync(source, story, stop.Token),
            new ClusterFacts(options.Cluster, story, options.Time, options.Seed + 2).RunAsync(stop.Token),
        ];
        try
        {
            // One that ends, ends all: none of them ends by itself.
            await await Task.WhenAny(parts);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(parts).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            await counted.KeepAsync(isLast: true, CancellationToken.None);
        }
    }

    /// <summary>What was lost, and who the site is now: each once, also when a crash comes in between.</summary>
    private async Task TellBeginningsAsync(SiteStory story, SiteIdentity identity, CancellationToken cancellation)
    {
        if (state.Lost is { } lost)
        {
            await story.ChangeAsync(
                record => record.Loss == lost ? null : record with { Loss = lost }, story.Draft(JournalEvent.StateLost, Reasons.StateUnreadable, lost), cancellation);
            await state.LossToldAsync(cancellation);
        }
        var key = identity.SigningKey.KeyId;
        await story.ChangeAsync(
            record => record.EnrolledKey == key ? null : record with { EnrolledKey = key },
            story.Draft(JournalEvent.Enrolled, Reasons.Enrolled, $"as {identity.Site} at the hub {identity.Hub}"), cancellation);
    }

    private async Task SyncAsync(HubRequests requests, SiteStory story, SiteBook book, LinkShare link, LinkBudget budget, CancellationToken cancellation)
    {
        var floor = new FloorSecret(options.Cluster, book, options.Time, options.Seed + 3, options.Logger);
        await floor.RecallAsync(cancellation);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var sync = new SyncLoop(requests, story, options.Time, options.Seed, options.Logger) { Version = AgentVersion.Text, Link = link, Budget = budget }.RunAsync(stop.Token);
        var keep = floor.KeepAsync(story.Wanted, stop.Token);
        try
        {
            await await Task.WhenAny(sync, keep);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(sync, keep).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>Who the site is; enrols when nobody has yet, however long the hub cannot be reached.</summary>
    private async Task<SiteIdentity> IdentifyAsync(HubRequests requests, SiteBook book, CancellationToken cancellation)
    {
        var backoff = new Backoff(options.Seed);
        while (true)
        {
            var known = state.Identity is { Site.Length: > 0 } enrolled ? enrolled : null;
            if (known is not null && !Enrolment.IsNew(options.Token, known))
                return known;
            try
            {
                return await Enrolment.RunAsync(requests, options, book, cancellation);
            }
            catch (SyncFailure failure) when (known is not null)
            {
                // It is a site without that: nothing of what it keeps may wait for a hub.
                LogNotLetIn(options.Logger, failure.Message);
                return known;
            }
            catch (SyncFailure failure) when (failure.Reason is Reasons.HubUnreachable or Reasons.HubFailing or Reasons.NotTheHub or Reasons.CaptivePortal)
            {
                var pause = backoff.After(failure);
                LogEnrolLater(options.Logger, failure.Message, pause.TotalSeconds);
                await Task.Delay(pause, options.Time, cancellation);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the new token did not let this site in again: {Why}; going on as before")]
    private static partial void LogNotLetIn(ILogger logger, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "cannot enrol yet: {Why}; trying again in {Seconds:0} s")]
    private static partial void LogEnrolLater(ILogger logger, string why, double seconds);
}
