using System.Globalization;
using System.Text.Json;
using Flotilla.Api.Sites;
using Flotilla.Hub.Ledger;
using Flotilla.Kubernetes.Errors;
using Microsoft.AspNetCore.Http;

namespace Flotilla.Hub.Gateway;

/// <summary>What the ledger knows, for people who may see the object that it is about.</summary>
internal sealed class ReadEndpoint(KubernetesAccess access, ILedger ledger)
{
    private const int MostEntries = 1000;

    public async Task JournalAsync(HttpContext http, SiteName site)
    {
        await DemandAsync(http, site);
        var after = Number(http.Request, "after", 0, long.MaxValue, 0);
        var limit = Number(http.Request, "limit", 1, MostEntries, 500);
        var entries = await ledger.JournalAsync(site, after, (int)limit, http.RequestAborted);
        await GatewayResponse.WriteAsync(http, new JournalPage(entries), GatewayJson.Default.JournalPage);
    }

    public async Task ReportAsync(HttpContext http, SiteName site)
    {
        await DemandAsync(http, site);
        var report = await ledger.ReportAsync(site, http.RequestAborted) ?? throw NotYet(site, "reported anything");
        var facts = await ledger.FactsAsync(site, http.RequestAborted);
        await GatewayResponse.WriteAsync(http, new SiteReportPage(facts?.LastSeen, report), GatewayJson.Default.SiteReportPage);
    }

    public async Task TargetAsync(HttpContext http, SiteName site)
    {
        await DemandAsync(http, site);
        var t = await ledger.TargetAsync(site, http.RequestAborted) ?? throw NotYet(site, "a target");
        var page = new TargetPage(t.Site, t.Fleet, t.Stage, t.Permit, t.PreviousGood, t.Permitted, t.Epoch, t.Sequence, JsonElement.Parse(t.Envelope));
        await GatewayResponse.WriteAsync(http, page, GatewayJson.Default.TargetPage);
    }

    public async Task FleetSitesAsync(HttpContext http, string ns, string fleet)
    {
        await access.DemandAsync(http, new AccessWish("get", "fleets", null, ns, fleet));
        var sites = await ledger.FleetFactsAsync(ns, fleet, http.RequestAborted);
        await GatewayResponse.WriteAsync(http, new FleetSites([.. sites.OrderBy(f => f.Site)]), GatewayJson.Default.FleetSites);
    }

    public async Task StoryAsync(HttpContext http, string ns, string rollout)
    {
        await access.DemandAsync(http, new AccessWish("get", "rollouts", null, ns, rollout));
        var after = Number(http.Request, "after", 0, long.MaxValue, 0);
        var limit = Number(http.Request, "limit", 1, MostEntries, 500);
        var lines = await ledger.StoryAsync(ns, rollout, after, (int)limit, http.RequestAborted);
        if (lines.Count == 0 && await ledger.RolloutAsync(ns, rollout, http.RequestAborted) is null)
            throw NoRollout(ns, rollout);
        var page = new StoryPage([.. lines.Select(l => new StoryPageLine(l.Number, JsonElement.Parse(l.Text)))]);
        await GatewayResponse.WriteAsync(http, page, GatewayJson.Default.StoryPage);
    }

    public async Task RolloutSitesAsync(HttpContext http, string ns, string rollout)
    {
        await access.DemandAsync(http, new AccessWish("get", "rollouts", null, ns, rollout));
        var (head, members) = await ledger.RolloutAsync(ns, rollout, http.RequestAborted) ?? throw NoRollout(ns, rollout);
        var page = new RolloutSites(head.Name, head.Fleet, head.Ended, JsonElement.Parse(head.Document), [.. members.Select(m => JsonElement.Parse(m.Document))]);
        await GatewayResponse.WriteAsync(http, page, GatewayJson.Default.RolloutSites);
    }

    private Task DemandAsync(HttpContext http, SiteName site) =>
        access.DemandAsync(http, new AccessWish("get", "sites", null, site.Namespace, site.Name));

    private static ApiStatusException NotYet(SiteName site, string what) =>
        new(new ApiStatus(404, "NotFound", $"site {site} has not {what} yet") { Group = "flotilla.dev", Kind = "sites", Name = site.Name });

    private static ApiStatusException NoRollout(string ns, string name) =>
        new(new ApiStatus(404, "NotFound", $"nothing is kept of a rollout {ns}/{name}: it has not begun, or ended long ago") { Group = "flotilla.dev", Kind = "rollouts", Name = name });

    private static long Number(HttpRequest request, string name, long least, long most, long usual)
    {
        var text = request.Query[name].ToString();
        if (text.Length == 0)
            return usual;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least
            ? Math.Min(number, most)
            : throw ApiStatusException.BadRequest($"{name}: \"{text}\" is no number from {least}");
    }
}
