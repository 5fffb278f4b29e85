namespace Flotilla.Kubernetes.Client;

/// <summary>Waits between tries: longer each time, and never in step with others (between half and all of the step).</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest, Random random)
{
    private const int MostSteps = 30;
    private int failures;

    /// <summary>Tries that failed in a row.</summary>
    public int Failures => failures;

    /// <summary>The wait before the next try.</summary>
    public TimeSpan Next()
    {
        var step = first * Math.Pow(2, failures);
        failures = Math.Min(failures + 1, MostSteps);
        double chance;
        // One seeded source may serve many who wait.
        lock (random)
            chance = random.NextDouble();
        return (step < longest ? step : longest) * (0.5 + (chance / 2));
    }

    public void Reset() => failures = 0;
}
