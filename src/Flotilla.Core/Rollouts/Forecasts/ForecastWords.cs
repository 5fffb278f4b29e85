using System.Globalization;

namespace Flotilla.Core.Rollouts.Forecasts;

/// <summary>A forecast in words.</summary>
public static class ForecastWords
{
    /// <summary>The forecast in one sentence: <c>95 % on 3 December; 12 sites only from 20 December on; ends on 4 January.</c></summary>
    public static string Summary(Forecast forecast)
    {
        if (forecast.Sites == 0)
            return "It is for no site.";
        var parts = new List<string>();
        var left = forecast.Sites - forecast.Done;
        if (left == 0)
            parts.Add($"all {Words.Sites(forecast.Sites)} are through");
        else if (forecast.P95 is { } most && most > forecast.Made)
            parts.Add($"95 % on {Words.Moment(most)}");
        if (forecast.Late is { } late)
            parts.Add($"{Words.Sites(late.Count)} only from {Words.Moment(late.From)} on ({Words.Names(late.Names, late.Count)})");
        parts.Add(forecast.Ends is { } end ? $"{(end > forecast.Made ? "ends" : "ended")} on {Words.Moment(end)}" : "does not end as things stand");
        if (forecast.Followers > 0)
            parts.Add($"{Words.Sites(forecast.Followers)} {(forecast.Followers == 1 ? "follows" : "follow")}{(forecast.Last is { } last ? $" up to {Words.Moment(last)}" : "")}");
        var text = string.Join("; ", parts);
        return char.ToUpperInvariant(text[0]) + text[1..] + ".";
    }

    /// <summary>All of it, line by line.</summary>
    public static IReadOnlyList<string> Lines(Forecast forecast)
    {
        var lines = new List<string> { Summary(forecast) };
        foreach (var wave in forecast.Waves)
            Wave(lines, wave, forecast.Made);
        // The last sites of the rollout itself are named with their waves.
        foreach (var site in forecast.Deciding.Where(s => s.Done > forecast.Ends))
            lines.Add($"Follows: {site.Site} on {Words.Moment(site.Done!.Value)}; it {site.Message}.");
        foreach (var never in forecast.Never)
            lines.Add($"Never: {never.Message} ({never.Reason})");
        foreach (var assumption in forecast.Assumptions)
            lines.Add($"Assumed: {assumption}");
        return lines;
    }

    private static void Wave(List<string> lines, WaveForecast wave, DateTimeOffset made)
    {
        if (wave.Ends <= made)
        {
            lines.Add($"Wave {wave.Name}, {Words.Sites(wave.Sites)}: complete.");
            return;
        }
        var parts = new List<string> { wave.Starts is { } starts ? $"{(starts > made ? "begins" : "began")} on {Words.Moment(starts)}" : "does not begin as things stand" };
        if (wave.P50 is { } half && half > made && wave.Sites > 1)
            parts.Add($"50 % on {Words.Moment(half)}");
        if (wave.P95 is { } most && most > made && wave.Sites > 1)
            parts.Add($"95 % on {Words.Moment(most)}");
        if (wave.Starts is not null)
            parts.Add(wave.Ends is { } ends ? $"complete on {Words.Moment(ends)}" : "not complete as things stand");
        if (wave.Followers > 0)
            parts.Add($"{Words.Sites(wave.Followers)} {(wave.Followers == 1 ? "follows" : "follow")} later");
        lines.Add($"Wave {wave.Name}, {Words.Sites(wave.Sites)}: {string.Join("; ", parts)}.");
        foreach (var gate in wave.Gates)
        {
            if (gate.Reached is { } reached)
                lines.Add($"  Gate {gate.Gate}: reached on {Words.Moment(reached)}; {(gate.Passed is { } passed ? $"passed on {Words.Moment(passed)}" : "nobody lets it pass")}.");
        }
        if (wave.Deciding.Count > 0)
            lines.Add($"  Its last site {wave.Deciding[0].Site} {wave.Deciding[0].Message}.");
    }

    internal static IReadOnlyList<string> Assumptions(ForecastInput input, ForecastRun run, int followers)
    {
        var assumed = input.Assumptions;
        var lines = new List<string> { "Nothing fails, and nobody changes what is declared or asked." };
        var gates = input.Terms.Waves.SelectMany(w => w.Before.Concat(w.After)).ToList();
        if (gates.OfType<GateTerms.Approval>().Any())
            lines.Add(assumed.Approval is { } approval ? $"Approvals come {Delay(approval)} after a gate waits for one." : "Nobody approves anything.");
        if (gates.OfType<GateTerms.Webhook>().Any())
            lines.Add(assumed.Webhook is { } webhook ? $"Webhooks say yes {Delay(webhook)} after they are asked." : "Webhooks never say yes.");
        var (away, unknownLinks, unknownTimes) = (0, 0, 0);
        for (var i = 0; i < input.Sites.Count; i++)
        {
            if (run.Fleet[i] is not { } place || SiteMachine.IsFinal(input.Members[i].State))
                continue;
            away += place.Returned is not null || place.Back is not null ? 1 : 0;
            unknownLinks += input.Sites[i] is { BitsPerSecond: null, Bytes: > 0 } ? 1 : 0;
            unknownTimes += input.Sites[i].Took is null ? 1 : 0;
        }
        if (away > 0)
            lines.Add($"{Words.Sites(away)} away {(away == 1 ? "is" : "are")} back after the expected time away, and stay{(away == 1 ? "s" : "")}; sites that are there stay there.");
        if (unknownLinks > 0)
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"The link of {Words.Sites(unknownLinks)} carries {assumed.BitsPerSecond / 1e6:0.###} Mbit/s: spec.link.bandwidth says nothing."));
        if (unknownTimes > 0)
            lines.Add($"Applying takes {Words.Duration(assumed.Took)} at {Words.Sites(unknownTimes)} of which nothing is known.");
        if (followers > 0)
            lines.Add($"Sites that follow after the rollout change {input.CatchUp.SlotsOf(input.Members.Count)} at a time, and no newer change comes.");
        return lines;
    }

    private static string Delay(TimeSpan time) => time == TimeSpan.Zero ? "at once" : Words.Duration(time);
}
