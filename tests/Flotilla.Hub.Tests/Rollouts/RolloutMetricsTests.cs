using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Flotilla.Api;
using Flotilla.Hub.Tests.Hosting;

namespace Flotilla.Hub.Tests.Rollouts;

public sealed class RolloutMetricsTests
{
    [Fact]
    public async Task Each_line_of_a_story_is_counted_by_its_reason()
    {
        // A fleet of this test alone: others count in the same process.
        const string Fleet = "measured";
        var counted = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument is { Meter.Name: "Flotilla.Hub.Rollouts", Name: "flotilla.rollout.transitions" })
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            var named = tags.ToArray().ToDictionary(t => t.Key, t => t.Value as string);
            if (named["fleet"] == Fleet && named["namespace"] == "retail")
                counted.AddOrUpdate(named["reason"]!, value, (_, n) => n + value);
        });
        listener.Start();

        await using var ground = await HubGround.StartAsync();
        await ground.DeclareFleetAsync(name: Fleet);
        var site = await ground.EnrolAsync("s1");
        await site.HearAsync(s => s.Permit is not null);
        await site.SucceedAsync();
        await ground.SeeConditionAsync("Rollout", $"{Fleet}-1", "Succeeded", Reasons.RolledOut);

        // The object is written after the counting, and the story is what was counted.
        var story = await ground.Hub.Ledger.StoryAsync("retail", $"{Fleet}-1", 0, 1000, TestContext.Current.CancellationToken);
        Assert.Equal(
            story.Select(l => System.Text.Json.Nodes.JsonNode.Parse(l.Text)!["reason"]!.GetValue<string>()).CountBy(r => r).OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key} {c.Value}"),
            counted.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key} {c.Value}"));
    }
}
