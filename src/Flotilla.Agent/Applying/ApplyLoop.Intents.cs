using Flotilla.Api.Sync;

namespace Flotilla.Agent.Applying;

/// <summary>
/// What is done to objects and is news: written down before, told together with the end of it. When the answer is lost, in a crash or on
/// the wire, the object itself shows whether it was done.
/// </summary>
internal sealed partial class ApplyLoop
{
    private void Intend(TrackedObject tracked, IntentKind kind, string message)
    {
        // Said again it stays as it was first said: the object may show already that it was done.
        if (tracked.Intent is { } said && said.Kind == kind && said.Uid == (tracked.Live?.Uid ?? ""))
            return;
        tracked.Intent = new ObjectIntent(kind, release!.Digest, tracked.Live?.Uid ?? "", tracked.Live?.Version ?? "", tracked.Fingerprint, message);
        mustSaveFirst = true;
    }

    private void Drop(TrackedObject tracked)
    {
        if (tracked.Intent is null)
            return;
        tracked.Intent = null;
        mustSave = true;
    }

    private void Done(TrackedObject tracked)
    {
        var intent = tracked.Intent!;
        Drop(tracked);
        if (intent.Kind == IntentKind.Adopt && tracked.Id.IsOf("", "Namespace"))
        {
            // Shared with whoever made it: nothing to tell, but it stays when it leaves the release.
            tracked.Found = true;
            return;
        }
        var (what, reason) = intent.Kind switch
        {
            IntentKind.Prune => (JournalEvent.Pruned, Api.Reasons.LeftRelease),
            IntentKind.Replace => (JournalEvent.Replaced, Api.Reasons.Replaced),
            IntentKind.Adopt => (JournalEvent.Adopted, Api.Reasons.Adopted),
            _ => (JournalEvent.DriftCorrected, Api.Reasons.DriftCorrected),
        };
        Tell(what, tracked.Component, tracked.Id.ToString(), reason, intent.Message, intent.Release);
    }

    /// <summary>The answer to an apply came, and it is good.</summary>
    private void Succeeded(TrackedObject tracked, ApplyResult result)
    {
        if (tracked.IsCorrecting)
        {
            Corrected(tracked, result, time.GetUtcNow());
            return;
        }
        if (tracked.Intent is { } intent && (intent.Kind == IntentKind.Adopt || (intent.Kind is IntentKind.Prune or IntentKind.Replace && intent.Uid != result.Uid)))
            Done(tracked);
        else
            Drop(tracked);
    }

    /// <summary>An answer came that says that nothing was done; one that leaves it open changes nothing.</summary>
    private void Refused(TrackedObject tracked, ObjectFailure failure, bool isDeletion)
    {
        if (failure.Kind is FailureKind.Stalled or FailureKind.Waiting && isDeletion == (tracked.Intent?.Kind is IntentKind.Prune or IntentKind.Replace))
            Drop(tracked);
    }

    /// <summary>What objects show of intents that nobody answers for any more.</summary>
    private void SettleIntents()
    {
        foreach (var tracked in objects.Values.Where(o => o is { Intent: not null, InFlight: false } && kinds.GetValueOrDefault(KindKey.Of(o.Id)) is { IsReady: true }).ToList())
            Settle(tracked, tracked.Intent!);
    }

    private void Settle(TrackedObject tracked, ObjectIntent intent)
    {
        if (tracked.Live is not { } live)
        {
            if (intent.Kind is IntentKind.Prune or IntentKind.Replace)
                Gone(tracked);
            return;
        }
        var isAnother = live.Uid != intent.Uid;
        switch (intent.Kind)
        {
            case IntentKind.Prune when isAnother:
            case IntentKind.Replace when isAnother && live.IsOurs:
            case IntentKind.Adopt when live.IsOurs:
                Done(tracked);
                break;
            case IntentKind.Prune when tracked is { Wanted: not null, IsLeaving: false } && !live.IsTerminating:
                Drop(tracked);
                break;
            case IntentKind.Correct when live.IsOurs && live.Version != intent.Version && live.Fingerprint == intent.Fingerprint:
                Counted(tracked, time.GetUtcNow());
                break;
        }
    }
}
