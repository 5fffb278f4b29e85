using Flotilla.Api;
using Flotilla.Api.Rollouts;

namespace Flotilla.Core.Rollouts;

internal sealed partial class RolloutPass
{
    /// <summary>Walks as far as it goes: begins waves, sees them through, opens gates.</summary>
    private void WalkWaves()
    {
        if (IsPaused || observed.FleetHeld is not null)
            return;
        for (var w = Current(); w < counts.Length; w = Current())
        {
            var wave = record.Waves[w];
            if (wave.Started is null)
            {
                if (IsEmptyByMistake(w))
                {
                    Wait(Reasons.WaveEmpty, $"The labels of the wave {wave.Name} pick no site: label sites, or change the strategy.");
                    return;
                }
                if (!Pass(w, "before", terms.Waves[w].Before, w == 0 ? record.Created : record.Waves[w - 1].Completed ?? record.Created))
                    return;
                Change(w, wave with { Started = now });
                Tell(Reasons.WaveStarted, counts[w].Total == 0 ? $"The wave {wave.Name} is for nobody." : $"The wave {wave.Name} begins: {Words.Sites(counts[w].Total)}.", wave.Name);
                continue;
            }
            if (wave.Through is null)
            {
                if (!IsThrough(w))
                    return;
                Change(w, wave with { Through = now });
                continue;
            }
            if (!Pass(w, "after", terms.Waves[w].After, wave.Through.Value))
                return;
            Change(w, wave with { Completed = now });
            Tell(Reasons.WaveComplete, Summary(w), wave.Name);
        }
    }

    /// <summary>Index of the first wave that is not complete.</summary>
    private int Current()
    {
        for (var w = 0; w < record.Waves.Count; w++)
        {
            if (record.Waves[w].Completed is null)
                return w;
        }
        return record.Waves.Count;
    }

    private bool IsThrough(int wave)
    {
        ref readonly var count = ref counts[wave];
        var name = record.Waves[wave].Name;
        if (count.Open > 0)
        {
            if (count[RolloutSiteState.Soaking] == count.Open)
                Wait(Reasons.SoakRunning, $"{Words.Sites(count.Open)} of the wave {name} {(count.Open == 1 ? "soaks" : "soak")} for {Words.Duration(terms.Waves[wave].Soak)}.");
            else
                SayWhoHoldsUp(wave, count.Open);
            return false;
        }
        if (count.Total - count.LeftOut == 0 || count[RolloutSiteState.Succeeded] >= Needed(wave))
            return true;
        if (TryStandIn(wave))
            return false;
        Wait(Reasons.SitesAway, $"{count[RolloutSiteState.Succeeded]} of {Needed(wave)} that must succeed in the wave {name} did; the others are away ({Words.Names(NamesOf(RolloutSiteState.Deferred, wave))}). Skip them, or wait for one.");
        return false;
    }

    /// <summary>Whom the wave waits for, and why they cannot go on: who only needs time is just counted.</summary>
    private void SayWhoHoldsUp(int wave, int open)
    {
        var stuck = new List<string>();
        for (var i = 0; i < members.Length; i++)
        {
            var member = members[i];
            if (member.Wave != wave || member.State is not (RolloutSiteState.Waiting or RolloutSiteState.Staging or RolloutSiteState.Staged))
                continue;
            var paused = member.State != RolloutSiteState.Waiting && observed.Sites[i] is { Paused: true };
            if (!paused && (member.State != RolloutSiteState.Waiting || sights[i] is not (SiteSight.Blocked or SiteSight.Leased)))
                continue;
            stuck.Add(paused ? $"{member.Site.Name} is paused" : $"{member.Site.Name}: {member.Message.TrimEnd('.')}");
        }
        var name = record.Waves[wave].Name;
        var notThrough = $"{Words.Sites(open)} of the wave {name} {(open == 1 ? "is" : "are")} not through";
        // Each site's own reason is said of the site; that of the wave is that it goes on until they are through.
        Wait(Reasons.RollingOut, stuck.Count == open ? $"{Words.Sites(open)} of the wave {name} cannot begin ({Words.Names(stuck)})."
            : stuck.Count == 0 ? $"{notThrough}." : $"{notThrough}; {stuck.Count} of them cannot begin ({Words.Names(stuck)}).");
    }

    /// <summary>
    /// A wave that was not picked by labels has no need for those very sites: when they are away, others of later waves take their part, so that who is away
    /// keeps nobody waiting.
    /// </summary>
    private bool TryStandIn(int wave)
    {
        if (terms.Waves[wave].Select is WaveSelection.Labels)
            return false;
        var missing = Needed(wave) - counts[wave][RolloutSiteState.Succeeded];
        var names = new List<string>();
        for (var i = 0; i < members.Length && names.Count < missing; i++)
        {
            var member = members[i];
            if (member.Wave <= wave || record.Waves[member.Wave].Started is not null || terms.Waves[member.Wave].Select is WaveSelection.Labels
                || member.State is not (RolloutSiteState.Staged or RolloutSiteState.Staging))
                continue;
            names.Add(member.Site.Name);
            Set(i, member with { Wave = wave });
        }
        if (names.Count == 0)
            return false;
        Tell(Reasons.SitesAway, $"{Words.Names(names)} {(names.Count == 1 ? "stands" : "stand")} in for sites of the wave {record.Waves[wave].Name} that are away.", record.Waves[wave].Name);
        return true;
    }

    private bool IsEmptyByMistake(int wave) => terms.Waves[wave].Select is WaveSelection.Labels && counts[wave].Total == 0;

    private void Change(int wave, WaveRecord changed) => record = record with { Waves = [.. record.Waves.Select((w, i) => i == wave ? changed : w)] };

    private string Summary(int wave)
    {
        ref readonly var count = ref counts[wave];
        var parts = new List<string>();
        foreach (var state in (RolloutSiteState[])[RolloutSiteState.Succeeded, RolloutSiteState.Failed, RolloutSiteState.Deferred, RolloutSiteState.Skipped])
        {
            if (count[state] > 0)
                parts.Add($"{count[state]} {state.ToString().ToLowerInvariant()}");
        }
        return $"The wave {record.Waves[wave].Name} is complete: {(parts.Count == 0 ? "nobody was in it" : string.Join(", ", parts))}.";
    }
}
