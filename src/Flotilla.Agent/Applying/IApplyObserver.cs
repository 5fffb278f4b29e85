using Flotilla.Api.Sync;

namespace Flotilla.Agent.Applying;

/// <summary>Something worth an entry in the journal; told once, with the inventory that it led to.</summary>
/// <param name="Event">What happened.</param>
/// <param name="Component">Component, when it is about one.</param>
/// <param name="Object">Object, when it is about one.</param>
/// <param name="Reason">A code of <see cref="Api.Reasons"/>.</param>
/// <param name="Message">For people: what, why, and what to do.</param>
/// <param name="Release">Digest of the release that it was about.</param>
public sealed record ApplyEvent(JournalEvent Event, string? Component, string? Object, string Reason, string Message, string Release);

/// <summary>Told by the applier, one call at a time and in order; the applier goes on when the call has ended.</summary>
public interface IApplyObserver
{
    /// <summary>How things stand now; several changes may have come together.</summary>
    ValueTask ProgressedAsync(ApplyProgress progress, CancellationToken cancellation);
}
