using System.Globalization;
using Flotilla.Api.Rollouts;
using Flotilla.Cli.Output;
using Flotilla.Core.Rollouts.Forecasts;

namespace Flotilla.Cli.Describing;

/// <summary>A rollout: its waves as bars, what it waits for, what can be done, and its story.</summary>
internal static class RolloutDescription
{
    private const int BarLength = 24;

    public static void List(TextWriter output, IReadOnlyList<Rollout> rollouts)
    {
        var table = new TextTable("Name", "Fleet", "Phase", "Sites", "Succeeded", "Failed", "Deferred", "Waits for");
        foreach (var rollout in rollouts)
        {
            var status = rollout.Status ?? new RolloutStatus();
            var sites = status.Sites ?? new SiteCounts();
            table.Add(
                rollout.Metadata.Name, rollout.Spec.Fleet, status.Phase.ToString(), Text(sites.Total), Text(sites.Succeeded), Text(sites.Failed), Text(sites.Deferred),
                status.WaitingFor.Count > 0 ? status.WaitingFor[0].Message : "");
        }
        table.Write(output);
    }

    public static void Write(Description text, Rollout rollout, Forecast? forecast)
    {
        var status = rollout.Status ?? new RolloutStatus();
        text.Field("Name", rollout.Metadata.Name);
        text.Field("Namespace", rollout.Metadata.Namespace);
        text.Field("Fleet", rollout.Spec.Fleet);
        text.Field("Revision", rollout.Spec.Revision);
        text.Field("Previous", status.Previous);
        text.Field("Phase", $"{status.Phase}{(string.IsNullOrEmpty(status.Message) ? "" : $": {status.Message}")}");
        text.Field("Can", status.ValidActions.Count == 0 ? null : string.Join(", ", status.ValidActions));
        text.Section("Waves", ["Wave", "", "Sites", "Succeeded", "At work", "Failed", "Deferred", "Phase"], status.Waves.Select(w => (IReadOnlyList<string?>)
        [
            w.Name, Bar(w), Text(w.Total), Text(w.Succeeded), Text(w.Applying + w.Soaking + w.Silent), Text(w.Failed), Text(w.Deferred), w.Phase.ToString(),
        ]));
        text.Lines("Waits for", [.. status.WaitingFor.Select(w => $"{w.Reason}: {w.Message}")]);
        if (forecast is not null)
            text.Lines("Forecast", ForecastWords.Lines(forecast));
        text.Section("Story", ["Time", "Wave", "What"], status.Story.Select(s => (IReadOnlyList<string?>)[s.Time.UtcDateTime.ToString("u", CultureInfo.InvariantCulture), s.Wave, s.Message]));
    }

    /// <summary><c>#</c> succeeded, <c>+</c> at work, <c>x</c> failed, <c>~</c> away, <c>.</c> to come.</summary>
    private static string Bar(SiteCounts counts)
    {
        if (counts.Total == 0)
            return "";
        var bar = "";
        foreach (var (count, sign) in ((int, char)[])[(counts.Succeeded, '#'), (counts.Applying + counts.Soaking + counts.Silent, '+'), (counts.Failed, 'x'), (counts.Deferred, '~')])
            bar += new string(sign, (int)Math.Round((double)count * BarLength / counts.Total, MidpointRounding.AwayFromZero));
        return (bar.Length > BarLength ? bar[..BarLength] : bar).PadRight(BarLength, '.');
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
