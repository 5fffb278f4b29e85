using System.Globalization;
using Flotilla.Cli.Output;
using Flotilla.Core.Applying;
using Flotilla.Core.Releases.Changes;
using Flotilla.Core.Rollouts.Forecasts;

namespace Flotilla.Cli.Planning;

/// <summary>A plan for people.</summary>
internal sealed class PlanTable(TextWriter output, bool wide)
{
    private const int MostObjects = 30;
    private const int MostNames = 3;

    /// <param name="forecasts">By the names of fleets.</param>
    public void Write(IReadOnlyList<PlannedFleet> plans, IReadOnlyDictionary<string, Forecast> forecasts)
    {
        if (plans.Count == 0)
            output.WriteLine("No fleet is concerned.");
        foreach (var (i, planned) in plans.Index())
        {
            if (i > 0)
                output.WriteLine();
            Write(planned);
            if (forecasts.GetValueOrDefault(planned.Name) is { } forecast)
                Write(forecast);
        }
    }

    private void Write(Forecast forecast)
    {
        output.WriteLine();
        output.WriteLine($"  Forecast of {forecast.Rollout}, if it began now:");
        foreach (var line in ForecastWords.Lines(forecast))
            output.WriteLine($"    {line}");
    }

    private void Write(PlannedFleet planned)
    {
        var plan = planned.Plan;
        var all = plan.Touched + plan.Untouched;
        var origin = planned.Origin is null ? "" : $", coming from fleet {planned.Origin}";
        output.WriteLine(planned.ChangesAnything
            ? $"Fleet {planned.Name}: {Text(plan.Touched)} of {Sites(all)} would change{origin} ({Digests.Short(plan.From)} → {Digests.Short(plan.To)})"
            : plan.Problems.Count > 0 ? $"Fleet {planned.Name}: nothing can change before this is mended" : $"Fleet {planned.Name}: no change at {Sites(all)}");
        foreach (var problem in plan.Problems)
            output.WriteLine($"  ! {problem}");
        if (planned.Behind.Count > 0)
            output.WriteLine($"  {Sites(planned.Behind.Count)} still {(planned.Behind.Count == 1 ? "has" : "have")} an earlier revision to go from, and would change by more than this.");
        if (plan.Components.Count > 0)
        {
            output.WriteLine();
            var table = new TextTable("  Component", "Change", "Before", "After");
            foreach (var component in plan.Components)
                table.Add("  " + component.Name, Word(component.Kind), component.Before ?? "-", component.After ?? "-");
            table.Write(output);
        }
        foreach (var group in plan.Groups)
            Write(group);
    }

    private void Write(SiteGroup group)
    {
        var changes = group.Changes;
        output.WriteLine();
        output.WriteLine(
            $"  At {Sites(group.Sites.Count)} ({Names(group.Sites)}): {Text(changes.Count(ChangeKind.Added))} objects added, {Text(changes.Count(ChangeKind.Changed))} changed, {Text(changes.Count(ChangeKind.Removed))} leave");
        foreach (var change in wide ? changes.Objects : changes.Objects.Take(MostObjects))
            output.WriteLine($"    {Sign(change.Kind)} {change.Id}{Fields(change)}{Fate(group, change)}");
        if (!wide && changes.Objects.Count > MostObjects)
            output.WriteLine($"    … and {Text(changes.Objects.Count - MostObjects)} more: -o wide");
    }

    private string Fields(ObjectChange change) =>
        change.Fields.Count == 0 ? ""
        : wide || change.Fields.Count <= MostNames ? $": {string.Join(", ", change.Fields.Select(f => f.Path))}"
        : $": {string.Join(", ", change.Fields.Take(MostNames).Select(f => f.Path))}, … ({Text(change.Fields.Count)} fields)";

    private static string Fate(SiteGroup group, ObjectChange change)
    {
        if (group.Deletions.FirstOrDefault(d => d.Verdict.Object == change.Id) is not { } deletion || change.Kind != ChangeKind.Removed)
            return "";
        return deletion.Verdict.Outcome == PruneOutcome.Delete
            ? deletion.Unless is null ? "" : $" (unless {deletion.Unless})"
            : $" (stays: {deletion.Verdict.Message}{(deletion.Verdict.Remedy.Length > 0 ? "; " + deletion.Verdict.Remedy : "")})";
    }

    private string Names(IReadOnlyList<string> sites) =>
        wide || sites.Count <= MostNames ? string.Join(", ", sites) : $"{string.Join(", ", sites.Take(MostNames))}, …";

    private static string Sign(ChangeKind kind) => kind switch { ChangeKind.Added => "+", ChangeKind.Removed => "-", _ => "~" };

    private static string Word(ChangeKind kind) => kind.ToString().ToLowerInvariant();

    private static string Sites(int count) => count == 1 ? "1 site" : $"{Text(count)} sites";

    private static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);
}
