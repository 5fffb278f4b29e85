using System.Globalization;
using Flotilla.Api.Fleets;
using Flotilla.Api.Sites;
using Flotilla.Cli.Output;

namespace Flotilla.Cli.Describing;

/// <summary>A fleet: its counts, its revisions, and its sites by standing.</summary>
internal static class FleetDescription
{
    private const int MostNames = 5;

    public static void Write(Description text, Fleet fleet, IEnumerable<Site> sites)
    {
        var status = fleet.Status ?? new FleetStatus();
        text.Field("Name", fleet.Metadata.Name);
        text.Field("Namespace", fleet.Metadata.Namespace);
        text.Field("Selector", Selector(fleet));
        text.Field("Stack", fleet.Spec.Stack);
        text.Field("At once", fleet.Spec.Rollout.MaxConcurrent ?? "10%");
        text.Field("Paused", fleet.Spec.Paused ? "yes: no site gets anything new" : null);
        text.Field("Current", status.Revision?.Current);
        text.Field("Previous good", status.Revision?.PreviousGood);
        text.Section("Sites", ["All", "In sync", "Up to date", "Healthy", "Changing", "Away", "Silent", "Failed", "Not enrolled"],
        [
            [Text(status.Sites), Text(status.InSync), Text(status.UpToDate), Text(status.Healthy), Text(status.Changing), Text(status.Away), Text(status.Silent), Text(status.Failed), Text(status.NotEnrolled)],
        ]);
        text.Conditions(status.Conditions);
        text.Section("Sites by standing", ["Count", "Standing", "Which", "Message of the first"],
            from site in sites
            let trouble = Troubles.Of(site)
            group (Site: site, Trouble: trouble) by Standing(site, trouble) into standing
            orderby standing.Count() descending, standing.Key
            select (IReadOnlyList<string?>)[Text(standing.Count()), standing.Key, Names([.. standing.Select(s => s.Site.Metadata.Name)]), standing.First().Trouble?.Message]);
    }

    private static string Standing(Site site, Api.Condition? trouble) =>
        trouble is not null ? $"{trouble.Type}={trouble.Status} ({trouble.Reason})" : site.Status is null ? "not looked at yet" : "as it should be";

    private static string Selector(Fleet fleet) => string.Join(",",
        fleet.Spec.Selector.MatchLabels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}")
            .Concat(fleet.Spec.Selector.MatchExpressions.Select(e => $"{e.Key} {e.Operator}{(e.Values.Count == 0 ? "" : $" ({string.Join(",", e.Values)})")}")));

    private static string Names(List<string> names) => names.Count <= MostNames ? string.Join(", ", names) : $"{string.Join(", ", names.Take(MostNames))}, …";

    private static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);
}
