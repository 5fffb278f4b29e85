using Flotilla.Api;
using Flotilla.Api.Sync;
using Flotilla.Core.Applying;

namespace Flotilla.Agent.Applying;

/// <summary>What is told to the observer.</summary>
internal sealed partial class ApplyLoop
{
    private const int MostProblems = 20;
    private readonly Dictionary<string, ComponentStanding> standings = new(StringComparer.Ordinal);
    private ApplyProgress? told;

    private void Take(ApplyMessage.Recovered recovered)
    {
        if (recovered.Failure is not null)
        {
            // Without it nothing could be pruned; the rest goes on meanwhile.
            Start(async () =>
            {
                await Task.Delay(FirstTruce, time, cancellation);
                return await InventoryRecovery.RunAsync(cluster, cancellation);
            });
            return;
        }
        isRecovering = false;
        mustSave = true;
        foreach (var entry in recovered.Entries)
        {
            var tracked = TrackedObject.Of(entry);
            // A list that came before said nothing to us about what we did not know then: without another one it would count as gone.
            if (objects.TryAdd(tracked.Id, tracked) && kinds.GetValueOrDefault(KindKey.Of(tracked.Id)) is { Watch: { } watch } kind)
            {
                watch.Stop();
                kind.Watch = null;
            }
        }
        WatchKinds();
    }

    /// <summary>How things stand; null when that is as told before.</summary>
    private ApplyProgress? Report()
    {
        if (release is null)
            return null;
        var reports = new List<ComponentReport>();
        foreach (var component in components)
        {
            var report = Describe(component);
            TellChange(component, report);
            reports.Add(report);
        }
        var areApplied = components.TrueForAll(c => c.Objects.All(o => o.IsApplied));
        var leaving = objects.Values.Where(o => o.Wanted is null).ToList();
        reports.AddRange(leaving.Where(o => !components.Exists(c => c.Name == o.Component)).GroupBy(o => o.Component, StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => DescribeLeaving(g.Key, [.. g.OrderBy(o => o.Id)])));
        var progress = new ApplyProgress
        {
            Release = release.Digest,
            Revision = release.Document.Revision,
            Components = reports,
            Applied = areApplied && !isRecovering && leaving.TrueForAll(o => o.Held is not null),
            Healthy = components.TrueForAll(c => c.IsHealthy),
            Drifted = objects.Values.Any(o => o.Contest is { IsTold: true }),
            Failed = components.Exists(c => c.Report is { Phase: ComponentPhase.Failed }),
        };
        if (told is not null && IsSame(told, progress))
            return null;
        return told = progress;
    }

    /// <summary>What was told of components that are other ones now holds no longer.</summary>
    private void BeginStandings()
    {
        var contents = components.ToDictionary(c => c.Name, c => c.Content, StringComparer.Ordinal);
        foreach (var standing in standings.Values.Where(s => contents.GetValueOrDefault(s.Name) != s.Content).ToList())
            standings.Remove(standing.Name);
    }

    /// <summary>Tells how a component stands where that is not what was told: so a crash in between loses nothing, and doubles nothing.</summary>
    private void TellChange(ComponentWork component, ComponentReport report)
    {
        component.Report = report;
        if (report.Phase is not (ComponentPhase.Healthy or ComponentPhase.Unhealthy or ComponentPhase.Failed))
            return;
        var before = standings.GetValueOrDefault(component.Name) ?? new ComponentStanding(component.Name, "", null);
        var now = before with { Phase = report.Phase, Content = report.Phase == ComponentPhase.Failed ? before.Content : component.Content };
        if (now == before)
            return;
        standings[component.Name] = now;
        mustSave = true;
        if (now.Content != before.Content)
            Tell(JournalEvent.ComponentApplied, component.Name, null, Reasons.Applied, $"{component.Component.Version} is applied");
        if (now.Phase == before.Phase)
            return;
        var problem = report.Problems.FirstOrDefault()?.Object;
        if (now.Phase == ComponentPhase.Healthy)
            Tell(JournalEvent.ComponentHealthy, component.Name, null, Reasons.Healthy, $"{component.Component.Version} is healthy");
        else if (now.Phase == ComponentPhase.Failed)
            Tell(JournalEvent.ComponentFailed, component.Name, problem, report.Reason, report.Message);
        // One that has not become healthy yet is on its way; that is no news.
        else if (before.Phase == ComponentPhase.Healthy)
            Tell(JournalEvent.ComponentUnhealthy, component.Name, problem, report.Reason, report.Message);
    }

    private ComponentReport Describe(ComponentWork component)
    {
        var members = component.Objects.ToList();
        var failures = members.Where(o => o.Failure is not null).OrderByDescending(o => o.Failure!.Kind).ToList();
        var unhealthy = members.Where(o => o.Live is not null && !IsHealthy(o)).OrderByDescending(o => o.Live!.Health.State).ToList();
        List<ObjectProblem> problems =
        [
            .. failures.Select(o => new ObjectProblem(o.Id.ToString(), o.Failure!.Reason, o.Failure.Message))
                .Concat(members.Where(o => o.Contest is { IsTold: true })
                    .Select(o => new ObjectProblem(o.Id.ToString(), Reasons.DriftContested, $"{Who(o.Contest)} keeps changing it")))
                .Concat(unhealthy.Select(o => new ObjectProblem(o.Id.ToString(), o.Live!.Health.Reason, Lacks(o))))
                .Take(MostProblems),
        ];
        var (phase, reason, message) = Phase(component, members, failures, unhealthy);
        return new ComponentReport { Name = component.Name, Version = component.Component.Version, Phase = phase, Reason = reason, Message = message, Problems = problems };
    }

    private (ComponentPhase Phase, string Reason, string Message) Phase(
        ComponentWork component, List<TrackedObject> members, List<TrackedObject> failures, List<TrackedObject> unhealthy)
    {
        if (failures.Find(o => o.Failure!.Kind == FailureKind.Stalled) is { } refused)
            return (ComponentPhase.Failed, refused.Failure!.Reason, $"{refused.Id}: {refused.Failure.Message}");
        if (members.TrueForAll(o => o.IsApplied))
        {
            return unhealthy.Count == 0
                ? (ComponentPhase.Healthy, Reasons.Healthy, "")
                : (ComponentPhase.Unhealthy, unhealthy[0].Live!.Health.Reason, $"{unhealthy[0].Id} {Lacks(unhealthy[0])}");
        }
        if (failures.Count > 0)
            return (ComponentPhase.Applying, failures[0].Failure!.Reason, $"{failures[0].Id}: {failures[0].Failure!.Message}");
        var before = Before(component).Where(c => !c.IsUp).Select(c => c.Name).ToList();
        if (before.Count > 0 && !members.Exists(o => o.InFlight))
            return (ComponentPhase.Waiting, Reasons.WaitingForComponents, $"waits for {string.Join(", ", before)} to be healthy");
        if (members.Select(o => kinds.GetValueOrDefault(KindKey.Of(o.Id))).FirstOrDefault(k => k is { Failure: not null }) is { } kind)
            return (ComponentPhase.Applying, kind.Failure!.Reason, kind.Failure.Message);
        if (component.Waves.TryGetValue(ApplyWave.Admission, out var last) && members.Except(last).All(o => o.IsApplied) && WhatAdmissionWaitsFor() is { } blocker)
            return (ComponentPhase.Applying, Reasons.WaitingForHealth, $"webhooks and API services wait until all else is healthy: {blocker}");
        return (ComponentPhase.Applying, Reasons.Applying, "objects are being applied");
    }

    /// <summary>The first object that keeps webhooks and API services from going in; null when none does.</summary>
    private string? WhatAdmissionWaitsFor()
    {
        var (component, tracked) = components.SelectMany(c => c.ObjectsBeforeAdmission.Select(o => (c, o))).FirstOrDefault(pair => !IsUp(pair.o));
        return tracked is null ? null
            : tracked.IsApplied ? $"{tracked.Id} {Lacks(tracked)}"
            : $"{tracked.Id} of {component.Name} is not applied yet";
    }

    private static ComponentReport DescribeLeaving(string name, List<TrackedObject> members)
    {
        var held = members.Where(o => o.Held is not null).ToList();
        var going = members.Count - held.Count;
        return new ComponentReport
        {
            Name = name,
            Version = "",
            Phase = ComponentPhase.Pruning,
            Reason = going > 0 ? Reasons.Pruning : held[0].Held!.Reason,
            Message = going > 0 ? "left the release, its objects are being deleted" : $"left the release; {held[0].Id} is kept: {held[0].Held!.Message}",
            Problems =
            [
                .. held.Select(o => new ObjectProblem(o.Id.ToString(), o.Held!.Reason, $"{o.Held.Message}; {o.Held.Remedy}"))
                    .Concat(members.Where(o => o.Failure is not null).Select(o => new ObjectProblem(o.Id.ToString(), o.Failure!.Reason, o.Failure.Message)))
                    .Concat(members.Where(o => o.Live is { IsTerminating: true }).Select(o => new ObjectProblem(o.Id.ToString(), Reasons.WaitingForDeletion, "is being deleted; a finalizer may hold it")))
                    .Take(MostProblems),
            ],
        };
    }

    private static bool IsSame(ApplyProgress a, ApplyProgress b) =>
        a.Release == b.Release && a.Applied == b.Applied && a.Healthy == b.Healthy && a.Drifted == b.Drifted && a.Failed == b.Failed
        && a.Components.Count == b.Components.Count && a.Components.Zip(b.Components).All(pair => IsSame(pair.First, pair.Second));

    private static bool IsSame(ComponentReport a, ComponentReport b) =>
        a.Name == b.Name && a.Version == b.Version && a.Phase == b.Phase && a.Reason == b.Reason && a.Message == b.Message && a.Problems.SequenceEqual(b.Problems);
}
