namespace Flotilla.Core.Rollouts.Forecasts;

/// <summary>
/// Foresees a rollout: the same decisions (<see cref="RolloutDecision"/>) in virtual time, over a model of each site. No I/O, no clock, no chance; the same input gives
/// the same forecast. Time jumps from one thing that matters to the next. Growth is linear: small fleets are foreseen to the tick, in large ones things that happen
/// at about the same time are looked at together, a little late (<see cref="ForecastGrain"/>).
/// </summary>
public static class RolloutForecast
{
    /// <summary>How far is looked ahead.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromDays(400);

    /// <summary>Makes a forecast.</summary>
    /// <param name="input">The rollout as it stands. For one that has not begun, freeze it first.</param>
    /// <param name="now">Now.</param>
    public static Forecast Of(ForecastInput input, DateTimeOffset now)
    {
        if (input.Sites.Count != input.Members.Count)
            throw new ArgumentException($"{input.Sites.Count} sites for {input.Members.Count} members: give one for each, in the same order", nameof(input));
        var run = new ForecastRun(input, now);
        run.GoOn();
        return new ForecastReading(input, run, now).Read();
    }
}
