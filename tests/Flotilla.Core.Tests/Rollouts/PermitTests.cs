using Flotilla.Api.Rollouts;
using Flotilla.Core.Rollouts;

namespace Flotilla.Core.Tests.Rollouts;

/// <summary>What becomes of permits of sites that are not there.</summary>
public sealed class PermitTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly RolloutTerms Terms = new() { Waves = [new WaveTerms { Name = "all" }], MaxConcurrent = Share.Count(10), MaxFailed = Share.Count(0) };

    [Fact]
    public void Who_failed_in_silence_and_returns_into_a_pause_begins_no_more()
    {
        var world = new RolloutWorld(Terms, Start) { Revision = "r2" };
        var site = world.Add("s1");
        (site.ExpectedAway, site.Conducts["r2"]) = (TimeSpan.FromHours(3), new Conduct { NeverBegins = true });
        world.RunUntil(Start.AddHours(1), () => site.Facts is { SentSequence: > 1, IsPermitted: true });
        site.GoAway();
        world.RunUntil(Start.AddHours(5));
        Assert.Equal((RolloutSiteState.Failed, RolloutPhase.Paused), (world.Members[0].State, world.Record!.Phase));
        Assert.True(site.Facts.Permit!.NotAfter > world.Now);

        site.Return();
        world.Step();

        Assert.Equal((RolloutSiteState.Failed, false), (world.Members[0].State, site.Facts.IsPermitted));
    }

    [Theory]
    [InlineData(1, 50, RolloutSiteState.Deferred)]
    [InlineData(2, 50, RolloutSiteState.Silent)]
    public void What_a_site_took_before_its_hub_was_restored_is_no_permit(long epoch, long sequence, RolloutSiteState state)
    {
        var world = new RolloutWorld(Terms, Start) { Revision = "r2", Epoch = 2 };
        var site = world.Add("s1");
        world.Add("s2");
        world.RunUntil(Start.AddHours(1), () => site.Facts.IsPermitted && site.Facts.Stage!.Revision == "r2");
        // Before the permit reaches it.
        site.TookFromBefore(epoch, sequence);
        site.GoAway();

        world.RunUntil(world.Now.AddMinutes(20));

        Assert.Equal(state, world.Members[0].State);
    }

    [Fact]
    public void Each_wave_tells_of_its_own_permits()
    {
        var early = new WaveTerms { Name = "early", Select = new WaveSelection.Part(Share.Count(2)) };
        var world = new RolloutWorld(Terms with { Waves = [early, new WaveTerms { Name = "late" }] }, Start) { Revision = "r2" };
        for (var i = 1; i <= 4; i++)
            world.Add($"s{i}");
        var told = new List<StoryEntry>();
        world.Told = told.Add;
        world.Step();
        var away = world[world.Members.First(m => m.Wave == 0).Site.Name];
        away.GoAway();
        world.RunUntil(Start.AddMinutes(6));
        away.Return();
        world.RunUntil(Start.AddHours(1));

        Assert.All(told.Where(t => t.Reason == Api.Reasons.Permitted), t => Assert.All(
            world.Members.Where(m => t.Message.Contains(m.Site.Name, StringComparison.Ordinal)), m => Assert.Equal(t.Wave, world.Record!.Waves[m.Wave].Name)));
        Assert.Contains(told, t => t.Wave == "early" && t.Message == $"{away.Name.Name} may begin.");
    }
}
