using Flotilla.Api.Rollouts;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Core.Fleets;
using Flotilla.Core.Rollouts;
using Flotilla.Core.Rollouts.Forecasts;
using Flotilla.Core.Sites;
using Flotilla.Core.Windows;

namespace Flotilla.Core.Tests.Rollouts.Forecasts;

/// <summary>A fleet before its rollout, for forecasts.</summary>
internal sealed class FutureOf(RolloutTerms terms, DateTimeOffset now)
{
    private readonly List<ForecastSite> sites = [];

    public RolloutOrders Orders { get; set; } = new();

    public ForecastAssumptions Assumptions { get; set; } = new();

    public DateTimeOffset Now => now;

    /// <summary>Adds sites that run the revision before.</summary>
    /// <param name="seen">For how long they were not heard of.</param>
    public FutureOf Add(int count, string name, TimeSpan seen = default, TimeSpan? away = null, MaintenanceCalendar? calendar = null, ForecastSite? link = null, bool paused = false, bool enrolled = true)
    {
        for (var i = 1; i <= count; i++)
        {
            var site = new SiteName("retail", $"{name}-{i:D3}");
            var old = new ReleaseTarget("r1", $"r1/{site.Name}");
            sites.Add((link ?? new ForecastSite { Bytes = 20_000_000, BitsPerSecond = 20_000_000, Took = TimeSpan.FromMinutes(4) }) with
            {
                Site = new FleetSite
                {
                    Name = site,
                    Paused = paused,
                    ExpectedAway = away ?? TimeSpan.FromMinutes(5),
                    Calendar = calendar,
                    Release = new ReleaseTarget("r2", $"r2/{site.Name}"),
                    Facts = new SiteFacts
                    {
                        Site = site,
                        Enrolled = enrolled,
                        Fleet = "stores",
                        Stage = old,
                        Permit = new StartPermit(old.Release, now - TimeSpan.FromDays(9), now - TimeSpan.FromDays(8)),
                        Permitted = now - TimeSpan.FromDays(9),
                        AppliedRelease = old.Release,
                        AppliedRevision = old.Revision,
                        Phase = SitePhase.Settled,
                        Healthy = true,
                        Epoch = 1,
                        Sequence = 4,
                        TakenEpoch = 1,
                        TakenSequence = 4,
                        LastSeen = now - seen,
                    },
                },
            });
        }
        return this;
    }

    public ForecastInput Input()
    {
        sites.Sort((a, b) => a.Site!.Name.CompareTo(b.Site!.Name));
        var (record, members) = RolloutStart.Freeze("stores-7", "stores", "r2", "r1", "{}", terms, [.. sites.Select(s => s.Site!)], _ => new Dictionary<string, string>(), now);
        return new ForecastInput { Record = record, Terms = terms, Members = members, Sites = sites, Orders = Orders, Assumptions = Assumptions };
    }

    public Forecast Forecast() => RolloutForecast.Of(Input(), now);

    public static MaintenanceCalendar Nights(string zone, string from = "22:00", string to = "05:00") => MaintenanceCalendar.Make(
        [new MaintenanceWindowSpec { Open = [new WeeklyOpening { Days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], From = from, To = to }] }], zone, [], TimeZoneInfo.FindSystemTimeZoneById);
}
