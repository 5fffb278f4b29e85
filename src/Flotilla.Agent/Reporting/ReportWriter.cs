using System.Text.Json;
using Flotilla.Agent.Applying;
using Flotilla.Agent.State;
using Flotilla.Api;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Content;

namespace Flotilla.Agent.Reporting;

/// <summary>Puts together what a site says of itself. The same standing gives the same text, so that nothing is sent twice.</summary>
internal static class ReportWriter
{
    /// <param name="record">What is saved.</param>
    /// <param name="desired">What is wanted; null for nothing yet.</param>
    /// <param name="staging">Where staging is, when the wanted release is not begun.</param>
    /// <param name="progress">How far the begun release is.</param>
    /// <param name="kubernetes">The cluster.</param>
    /// <param name="gap">What the journal lacks.</param>
    /// <param name="link">What the link carried.</param>
    public static SiteReport Write(SiteRecord record, DesiredState? desired, StagingStanding staging, ApplyProgress? progress, KubernetesFacts? kubernetes, JournalGap? gap, LinkReport? link)
    {
        var (phase, reason, message) = Phase(record, desired, staging, progress);
        return new SiteReport
        {
            Epoch = desired?.Epoch ?? 0,
            Sequence = desired?.Sequence ?? 0,
            Phase = phase,
            Reason = reason,
            Message = message,
            Applied = record.Applied,
            Healthy = progress?.Healthy ?? false,
            Drifted = progress?.Drifted ?? false,
            Kubernetes = kubernetes,
            Gap = gap,
            Link = link,
            Components = progress?.Components ?? [],
        };
    }

    /// <summary>Digest of a report's canonical text.</summary>
    public static string DigestOf(SiteReport report) =>
        Digest.Of(Flotilla.Kubernetes.Json.CanonicalJson.Write(JsonSerializer.SerializeToNode(report, ApiJson.Default.SiteReport))).ToString();

    private static (SitePhase Phase, string Reason, string Message) Phase(SiteRecord record, DesiredState? desired, StagingStanding staging, ApplyProgress? progress)
    {
        if (desired?.Stage is { } wanted && wanted.Release != record.Begun?.Release)
            return (staging.Phase, staging.Reason, staging.Message);
        if (record.Begun is not { } begun)
            return (SitePhase.Settled, Reasons.NothingWanted, "The hub wants nothing of this site yet.");
        if (progress is null || progress.Release != begun.Release)
            return (SitePhase.Applying, Reasons.Applying, "The release is being compared with the cluster.");
        var bad = progress.Components.FirstOrDefault(c => c.Phase == ComponentPhase.Failed) ?? progress.Components.FirstOrDefault(c => c.Phase != ComponentPhase.Healthy);
        var said = bad is null ? "" : $"{bad.Name}: {(bad.Message.Length > 0 ? bad.Message : bad.Reason)}";
        if (progress.Failed)
            return (SitePhase.Failed, Reasons.ApplyFailed, said);
        if (record.Applied?.Release == begun.Release && progress.Applied)
            return (SitePhase.Settled, progress.Healthy ? Reasons.Applied : Reasons.Unhealthy, said);
        return (SitePhase.Applying, Reasons.Applying, said);
    }
}

/// <summary>Where a release is before it is begun.</summary>
internal sealed record StagingStanding(SitePhase Phase, string Reason, string Message)
{
    public static readonly StagingStanding Begin = new(SitePhase.Staging, Reasons.Staging, "The release is being fetched.");
}
