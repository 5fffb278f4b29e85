using Flotilla.Api;
using Flotilla.Core.Rollouts;
using Flotilla.Core.Rollouts.Forecasts;
using Flotilla.Core.Windows;
using Flotilla.TestKit;

namespace Flotilla.Core.Tests.Rollouts.Forecasts;

/// <summary>Forecasts as people read them, a file each. <c>FLOTILLA_GOLDEN=write</c> writes what comes of them, to be read before it is committed.</summary>
public sealed class ForecastWordsTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Flotilla.Core.Tests", "Rollouts", "Forecasts", "Words");
    private static readonly RolloutTerms Usual = RolloutTermsReading.Terms(new Api.Rollouts.RolloutStrategySpec());
    private static readonly DateTimeOffset Monday = At(2026, 11, 23, 9);

    private static readonly RolloutTerms CanaryFirst = Usual with
    {
        Waves =
        [
            new WaveTerms { Name = "canary", Select = new WaveSelection.Part(Share.Count(2)), Soak = TimeSpan.FromHours(24), After = [new GateTerms.Approval()] },
            new WaveTerms { Name = "rest" },
        ],
    };

    private static readonly Dictionary<string, Func<FutureOf>> All = new()
    {
        ["stores-at-once"] = () => new FutureOf(Usual, Monday).Add(100, "store"),
        ["stores-by-night-over-a-change-of-clocks"] = () => new FutureOf(
            Usual with { Waves = [new WaveTerms { Name = "first", Select = new WaveSelection.Part(Share.Count(10)), Soak = TimeSpan.FromHours(2) }, new WaveTerms { Name = "rest" }] }, At(2026, 10, 24, 12))
            .Add(60, "berlin", calendar: FutureOf.Nights("Europe/Berlin", "01:30", "03:30")).Add(60, "new-york", calendar: FutureOf.Nights("America/New_York", "01:30", "03:30")),
        ["ships-away-for-weeks"] = () => new FutureOf(Usual, Monday).Add(228, "store").Add(9, "cruise", TimeSpan.FromDays(12), TimeSpan.FromDays(40)).Add(3, "tanker", TimeSpan.FromDays(45), TimeSpan.FromDays(42)),
        ["a-thin-link-that-costs"] = () => new FutureOf(Usual, Monday).Add(20, "store")
            .Add(1, "island", away: TimeSpan.FromHours(2), link: new ForecastSite { Bytes = 500_000_000, BitsPerSecond = 128_000, Hears = TimeSpan.FromHours(1), Took = TimeSpan.FromMinutes(9) }),
        ["an-approval-after-a-day"] = () => new FutureOf(CanaryFirst, Monday) { Assumptions = new ForecastAssumptions { Approval = TimeSpan.FromDays(1) } }.Add(40, "store"),
        ["nobody-approves"] = () => new FutureOf(CanaryFirst, Monday) { Assumptions = new ForecastAssumptions { Approval = null } }.Add(40, "store"),
        ["a-webhook-that-thinks"] = () => new FutureOf(
            Usual with { Waves = [new WaveTerms { Name = "all", Before = [new GateTerms.StartAt(Monday.AddHours(9)), new GateTerms.Webhook("https://change.example.com", null, TimeSpan.FromSeconds(10))] }] }, Monday)
        { Assumptions = new ForecastAssumptions { Webhook = TimeSpan.FromHours(6) } }.Add(10, "store"),
        ["a-window-that-never-opens"] = () => new FutureOf(Usual, Monday).Add(10, "store").Add(2, "depot", calendar: MaintenanceCalendar.Closed(Reasons.NoSuchWindow, "There is no MaintenanceWindow nights.")),
        ["a-paused-site"] = () => new FutureOf(Usual, Monday).Add(10, "store").Add(1, "vault", paused: true),
        ["a-paused-rollout"] = () => new FutureOf(Usual, Monday) { Orders = new RolloutOrders { Paused = true } }.Add(10, "store"),
        ["labels-that-pick-nobody"] = () => new FutureOf(Usual with { Waves = [new WaveTerms { Name = "ring", Select = new WaveSelection.Labels(new Flotilla.Core.Fleets.SiteSelector(new LabelSelectorSpec { MatchLabels = new Dictionary<string, string> { ["ring"] = "0" } })) }, new WaveTerms { Name = "rest" }] }, Monday).Add(3, "store"),
        ["slower-than-it-may-be"] = () => new FutureOf(Usual, Monday).Add(12, "store", link: new ForecastSite { Took = TimeSpan.FromHours(1) }),
        ["sites-without-agents"] = () => new FutureOf(Usual, Monday).Add(6, "store").Add(2, "new", enrolled: false),
        ["nobody"] = () => new FutureOf(Usual, Monday),
    };

    public static TheoryData<string> Names => [.. All.Keys.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_forecast_is_told(string name)
    {
        var future = All[name]();
        var text = $"Made on {future.Now:u}\n{string.Join('\n', ForecastWords.Lines(future.Forecast()))}\n";
        var file = Path.Combine(Folder, $"{name}.txt");
        if (Environment.GetEnvironmentVariable("FLOTILLA_GOLDEN") == "write")
            File.WriteAllText(file, text);
        Assert.Equal(File.ReadAllText(file), text);
    }

    [Fact]
    public void Every_file_has_its_forecast() =>
        Assert.Equal(All.Keys.Order(StringComparer.Ordinal), Directory.GetFiles(Folder).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));

    private static DateTimeOffset At(int year, int month, int day, int hour) => new(year, month, day, hour, 0, 0, TimeSpan.Zero);
}
