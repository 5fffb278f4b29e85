using System.Text.Json;
using Flotilla.Api;
using Flotilla.Api.Fleets;
using Flotilla.Cli.Connections;
using Flotilla.Kubernetes.Client;

namespace Flotilla.Cli.Ups;

/// <summary>Tells how the fleets come along: a line for each that changed, rewritten in place on a terminal.</summary>
internal sealed class UpProgress(UpWorld world, TextWriter output)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private readonly Dictionary<string, string> shown = new(StringComparer.Ordinal);
    private readonly bool inPlace = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
    private int linesUp;

    /// <summary>Runs until it is cancelled, or until all fleets have converged.</summary>
    /// <returns>Whether they have.</returns>
    public async Task<bool> RunAsync(bool untilConverged, CancellationToken cancellation)
    {
        var begun = TimeProvider.System.GetTimestamp();
        var told = false;
        try
        {
            while (true)
            {
                var fleets = (await world.Hub.Api.ListAsync(Kinds.Fleet, null, ListOptions.All, cancellation)).Items
                    .Select(item => item.Deserialize(ApiJson.Default.Fleet)!).ToList();
                Show(fleets);
                if (fleets.Count > 0 && fleets.All(HasConverged) && (world.Sites == 0 || fleets.Any(f => f.Status?.Sites > 0)))
                {
                    if (!told)
                        output.WriteLine($"All fleets have converged, {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:0.0} s after the sites started.{(untilConverged ? "" : " Ctrl-C stops; `flotilla up` goes on from here.")}");
                    (told, linesUp) = (true, 0);
                    if (untilConverged)
                        return true;
                }
                await world.ThrowIfBrokenAsync();
                await Task.Delay(Interval, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Ready for the present spec, with the number of sites that there are; a fleet of nobody has nothing to wait for.</summary>
    private static bool HasConverged(Fleet fleet) =>
        fleet.Status is { } status
        && status.Conditions.Any(c => c.Type == "Ready" && c.ObservedGeneration == fleet.Metadata.Generation && (c.Status == ConditionStatus.True || c.Reason == Reasons.NoSites));

    private void Show(List<Fleet> fleets)
    {
        var lines = fleets.ToDictionary(f => $"{f.Metadata.Namespace}/{f.Metadata.Name}", Line);
        if (lines.All(l => shown.GetValueOrDefault(l.Key) == l.Value))
            return;
        if (inPlace && linesUp > 0)
            output.Write($"\e[{linesUp}A\e[J");
        foreach (var (name, line) in lines)
        {
            if (inPlace || shown.GetValueOrDefault(name) != line)
                output.WriteLine(line);
            shown[name] = line;
        }
        linesUp = inPlace ? lines.Count : 0;
    }

    private static string Line(Fleet fleet)
    {
        var status = fleet.Status ?? new FleetStatus();
        var ready = status.Conditions.FirstOrDefault(c => c.Type == "Ready");
        var said = ready is null ? "not looked at yet" : ready.Status == ConditionStatus.True ? "ready" : ready.Message;
        return $"{fleet.Metadata.Namespace + "/" + fleet.Metadata.Name,-20} {status.InSync,5} of {status.Sites} in sync, {status.Changing} changing, {status.Failed} failed  {said}";
    }
}
