using System.Text.Json;
using Flotilla.Agent.Journals;
using Flotilla.Agent.Program;
using Flotilla.Agent.Reporting;
using Flotilla.Agent.State;
using Flotilla.Agent.Syncing;
using Flotilla.Api;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Content.Trust;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flotilla.Bench;

/// <summary>A site without a cluster: syncs as an agent does, over a connection of its own, and says that it runs what it may run.</summary>
internal sealed class VirtualSite(SiteIdentity identity, KeySet keys, int components) : ISyncedSite
{
    private readonly Lock gate = new();
    private SyncStanding standing = StandingOf(new SiteReport { Phase = SitePhase.Settled, Reason = Reasons.NothingWanted, Kubernetes = Kubernetes }, 0, 0, keys.Version);
    private JsonElement? taken;

    public SiteIdentity Identity => identity;

    public IJournal Journal { get; } = new MemoryJournal("virtual");

    public Pulse Changed { get; } = new();

    public SyncPolicy Policy { get; set; } = new() { HoldSeconds = 240, IntervalSeconds = 3600 };

    public bool AwaitsHub => false;

    /// <summary>Whether a wanted policy is taken, or the one that was set stays.</summary>
    public bool KeepsPolicy { get; init; }

    /// <summary>Whether it says that it runs a release.</summary>
    public bool Runs => Volatile.Read(ref standing).Report.Applied is not null;

    public (JsonElement? Envelope, JsonElement? KeySet) Taken
    {
        get
        {
            lock (gate)
                return (taken, null);
        }
    }

    private static KubernetesFacts Kubernetes => new() { Version = "v1.34.1" };

    public SyncStanding Standing() => Volatile.Read(ref standing);

    public ValueTask TakeKeySetAsync(JsonElement envelope, CancellationToken cancellation) => ValueTask.CompletedTask;

    public ValueTask TakeAsync(JsonElement envelope, CancellationToken cancellation)
    {
        var state = JsonSerializer.Deserialize(DsseEnvelope.Parse(envelope).Verify(DesiredState.PayloadType, keys), ApiJson.Default.DesiredState)!;
        lock (gate)
        {
            if ((state.Epoch, state.Sequence).CompareTo((standing.Epoch, standing.Sequence)) <= 0)
                return ValueTask.CompletedTask;
            if (!KeepsPolicy)
                Policy = state.Sync;
            taken = envelope;
            Volatile.Write(ref standing, StandingOf(Report(state, standing.Report), state.Epoch, state.Sequence, keys.Version));
        }
        Changed.Beat();
        return ValueTask.CompletedTask;
    }

    /// <summary>Whether the hub has all that happened here.</summary>
    public bool IsHeard => Journal.Acknowledged == Journal.Last;

    /// <summary>Writes what happens at a site in a day without its hub.</summary>
    public ValueTask LiveADayAsync(int entries, CancellationToken cancellation)
    {
        var begun = DateTimeOffset.UtcNow.AddDays(-1);
        return Journal.AppendAsync(
            [
                .. Enumerable.Range(0, entries).Select(i => new JournalDraft(begun.AddDays((double)i / entries), JournalEvent.DriftCorrected)
                {
                    Component = "part-1",
                    Object = "apps/v1/Deployment/default/part-1",
                    Reason = Reasons.Drifted,
                    Message = "spec.replicas was changed by kubectl-edit and put back",
                }),
            ],
            cancellation);
    }

    /// <summary>Syncs until cancelled.</summary>
    public async Task RunAsync(Uri hub, HttpMessageHandler transport, int seed, CancellationToken cancellation)
    {
        using var http = new HttpMessageInvoker(transport);
        await new SyncLoop(new HubRequests(http, hub, TimeProvider.System), this, TimeProvider.System, seed, NullLogger.Instance) { Version = "bench" }.RunAsync(cancellation);
    }

    /// <summary>The way to the hub as the agent's executable has it.</summary>
    public static HttpMessageHandler Transport(Uri hub, string authority) => HubTransport.Create(hub, authority, null);

    private SiteReport Report(DesiredState state, SiteReport before) => state is { Stage: { } stage, Permit: { } permit } && permit.Release == stage.Release
        ? new SiteReport
        {
            Epoch = state.Epoch,
            Sequence = state.Sequence,
            Phase = SitePhase.Settled,
            Reason = Reasons.Applied,
            Healthy = true,
            Applied = new AppliedRelease { Revision = stage.Revision, Release = stage.Release, Since = DateTimeOffset.UtcNow },
            Kubernetes = Kubernetes,
            Components = [.. Enumerable.Range(1, components).Select(i => new ComponentReport { Name = $"part-{i}", Version = "1.0.0", Phase = ComponentPhase.Healthy })],
        }
        : before with { Epoch = state.Epoch, Sequence = state.Sequence, Phase = SitePhase.Staged, Reason = Reasons.WaitingForPermit };

    private static SyncStanding StandingOf(SiteReport report, long epoch, long sequence, long keySet) => new(epoch, sequence, keySet, report, ReportWriter.DigestOf(report));
}
