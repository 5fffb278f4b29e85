using System.Diagnostics;
using Flotilla.Api.Rollouts;
using Flotilla.Core;
using Flotilla.Core.Fleets;
using Flotilla.Core.Rollouts;
using Flotilla.Core.Windows;

namespace Flotilla.Bench;

/// <summary>Steps of a rollout, and a whole one in virtual time, for fleets of growing size; one thread.</summary>
internal static class RolloutBench
{
    private static readonly int[] Sizes = [1_000, 10_000, 100_000];

    private static readonly RolloutTerms Terms = new()
    {
        Waves =
        [
            new WaveTerms { Name = "first", Select = new WaveSelection.Part(Share.Count(1)), Soak = TimeSpan.FromMinutes(10) },
            new WaveTerms { Name = "tenth", Select = new WaveSelection.Part(Share.Percent(10)), Soak = TimeSpan.FromMinutes(10) },
            new WaveTerms { Name = "rest" },
        ],
    };

    public static Task<MarkdownTable> RunAsync(CancellationToken cancellationToken)
    {
        var table = new MarkdownTable("what", "sites", "ms", "processor ms", "µs a site", "bytes a site", "budget ms", "notes");
        Whole(new RolloutFleet(Sizes[0], Terms), cancellationToken);
        foreach (var size in Sizes)
            Steps(table, size, cancellationToken);
        foreach (var size in Sizes)
        {
            var fleet = new RolloutFleet(size, Terms);
            var (cost, longest) = Whole(fleet, cancellationToken);
            Add(table, "a whole rollout", size, cost, FormattableString.Invariant(
                $"{fleet.Steps} steps, {longest:0.0} ms the longest; {(fleet.Record.Ended - fleet.Record.Created)!.Value.TotalHours:0.0} h of virtual time; {fleet.Count(RolloutSiteState.Succeeded)} succeeded, {fleet.Count(RolloutSiteState.Failed)} failed"));
        }
        return Task.FromResult(table);
    }

    private static void Steps(MarkdownTable table, int size, CancellationToken cancellationToken)
    {
        var fleet = new RolloutFleet(size, Terms);
        var begun = Cost.Of(fleet.Begin);
        Add(table, "begin: waves and members", size, begun, "");
        Row("the first step", "everybody is told to fetch");
        fleet.RunUntil(f => f.Count(RolloutSiteState.Succeeded) >= f.Members.Count / 2);
        fleet.Act(fleet.Decide());
        Row("a step, nothing changed", "half of the sites are through");
        fleet.Report(size / 100);
        Row("a step, 1 % reported", "");
        fleet.Orders = new RolloutOrders { RollBack = true };
        Row("a step that rolls back", "half of the sites go back");

        var shut = new RolloutFleet(size, Terms, Closed());
        shut.Begin();
        shut.RunUntil(f => f.Count(RolloutSiteState.Staged) >= f.Members.Count * 98 / 100);
        fleet = shut;
        Row("a step, all wait for a window", "");

        void Row(string what, string notes)
        {
            var (rounds, decision) = (new List<Cost>(), fleet.Decide());
            for (var i = 0; i < 5; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                rounds.Add(Cost.Of(() => decision = fleet.Decide()));
            }
            var changed = decision.Status.Rollout!.Changed.Count;
            rounds.Sort((a, b) => a.Milliseconds.CompareTo(b.Milliseconds));
            Add(table, what, size, rounds[2], $"{decision.Actions.Count:N0} actions, {changed:N0} sites changed{(notes.Length > 0 ? "; " + notes : "")}");
        }
    }

    /// <summary>What all decisions of a rollout cost together, and how long the longest took.</summary>
    private static (Cost All, double Longest) Whole(RolloutFleet fleet, CancellationToken cancellationToken)
    {
        var all = Cost.Of(fleet.Begin);
        var (longest, goesOn) = (0.0, true);
        while (goesOn && !fleet.Record.IsOver)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Decision<FleetAction, FleetOutcome>? decision = null;
            var step = Cost.Of(() => decision = fleet.Decide());
            (all, longest) = (all + step, Math.Max(longest, step.Milliseconds));
            fleet.Act(decision!);
            goesOn = fleet.GoOn() && fleet.Record.Held is null;
        }
        // Less would be a fleet that was lost from sight, not one that was changed.
        var through = fleet.Count(RolloutSiteState.Succeeded) + fleet.Count(RolloutSiteState.Failed);
        return fleet.Record.Phase == RolloutPhase.Succeeded && through >= fleet.Members.Count * 99 / 100 ? (all, longest)
            : throw new InvalidOperationException($"the rollout did not succeed: {fleet.Record.Phase}, {fleet.Record.Reason}: {fleet.Record.Message}");
    }

    private static MaintenanceCalendar Closed() => MaintenanceCalendar.Make(
        [new MaintenanceWindowSpec { TimeZone = "UTC", Open = [new WeeklyOpening { Days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], From = "22:00", To = "05:00" }] }],
        null, [], _ => TimeZoneInfo.Utc);

    private static void Add(MarkdownTable table, string what, int sites, Cost cost, string notes) => table.Add(
        what, sites, cost.Milliseconds, cost.Processor, cost.Milliseconds * 1000 / sites, (double)cost.Bytes / sites, what.Contains("step", StringComparison.Ordinal) && sites == Sizes[^1] ? "≤ 2,000" : "", notes);

    /// <summary>What some work cost: time, processor time of the whole process (its collections included), and what it allocated.</summary>
    private readonly record struct Cost(double Milliseconds, double Processor, long Bytes)
    {
        public static Cost Of(Action work)
        {
            var (bytes, processor, start) = (GC.GetAllocatedBytesForCurrentThread(), Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
            work();
            return new(Stopwatch.GetElapsedTime(start).TotalMilliseconds, (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds, GC.GetAllocatedBytesForCurrentThread() - bytes);
        }

        public static Cost operator +(Cost a, Cost b) => new(a.Milliseconds + b.Milliseconds, a.Processor + b.Processor, a.Bytes + b.Bytes);
    }
}
