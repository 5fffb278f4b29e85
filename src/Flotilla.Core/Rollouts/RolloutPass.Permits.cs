using Flotilla.Api;
using Flotilla.Api.Rollouts;
using Flotilla.Core.Fleets;

namespace Flotilla.Core.Rollouts;

internal sealed partial class RolloutPass
{
    /// <summary>Gives permits to those whose turn it is, as far as slots go. Who failed before on another change comes first: this one may be the remedy.</summary>
    private void GivePermits()
    {
        if (IsHeld)
            return;
        var last = Math.Min(Current(), counts.Length - 1);
        if (last < 0)
            return;
        var (given, closed) = (new SortedDictionary<int, List<string>>(), new List<string>());
        var free = FreeSlots();
        for (var troubled = 1; troubled >= 0; troubled--)
        {
            for (var i = 0; i < members.Length && free > 0; i++)
            {
                var member = members[i];
                if (member.State != RolloutSiteState.Staged || sights[i] != SiteSight.Ready || member.Wave > last || record.Waves[member.Wave].Started is null)
                    continue;
                var site = observed.Sites[i]!;
                if (site.Paused || (troubled == 1) != !site.Facts!.Healthy || FreeSlotsOfWave(member) <= 0)
                    continue;
                if (Closes(i) is not { } closes)
                {
                    closed.Add(site.Name.Name);
                    continue;
                }
                Begin(i, site, $"a slot of the wave {WaveName(member)}", anyTime: false, closes);
                if (!given.TryGetValue(member.Wave, out var names))
                    given[member.Wave] = names = [];
                names.Add(site.Name.Name);
                free--;
            }
        }
        foreach (var (wave, names) in given)
            Tell(Reasons.Permitted, $"{Words.Names(names)} may begin.", record.Waves[wave].Name);
        if (closed.Count > 0)
            Wait(Reasons.WindowClosed, $"{Words.Sites(closed.Count)} {(closed.Count == 1 ? "waits" : "wait")} for a maintenance window ({Words.Names(closed)}).");
    }

    /// <summary>Ways back: those that failed at once, the others by slots.</summary>
    private void GiveWaysBack()
    {
        if (observed.Orders.Paused)
        {
            Wait(Reasons.Paused, "The way back is paused.");
            return;
        }
        var (most, given) = (terms.RollbackConcurrent.SlotsOf(members.Length), new List<string>());
        var taken = 0;
        foreach (ref readonly var count in counts.AsSpan())
            taken += count.GoingBack;
        for (var i = 0; i < members.Length; i++)
        {
            var member = members[i];
            if (!member.Back || member.State != RolloutSiteState.Staged || sights[i] != SiteSight.Ready)
                continue;
            var site = observed.Sites[i]!;
            DateTimeOffset? closes = site.Paused ? null : member.FailedThere ? DateTimeOffset.MaxValue : taken < most ? Closes(i) : null;
            if (closes is null)
                continue;
            Begin(i, site, "back to what it had", anyTime: member.FailedThere, closes.Value);
            given.Add(site.Name.Name);
            taken++;
        }
        if (given.Count > 0)
            Tell(Reasons.RollingBack, $"{Words.Names(given)} {(given.Count == 1 ? "goes" : "go")} back.");
    }

    private void Begin(int index, FleetSite site, string because, bool anyTime, DateTimeOffset closes)
    {
        var member = members[index];
        Permit(site, Target(member, site), because, anyTime, site.ExpectedAway, closes);
        Set(index, member with { State = RolloutSiteState.Applying, Since = now, Permitted = now, PermitSequence = site.Facts!.Sequence + 1, PermitEpoch = observed.Epoch, Reason = Reasons.Permitted, Message = "The site may begin." });
    }

    /// <summary>Slots that are free for a site, in its wave and altogether; below zero where more are taken than there are.</summary>
    private int FreeSlots(RolloutMember member) => Math.Min(FreeSlots(), FreeSlotsOfWave(member));

    private int FreeSlots()
    {
        var taken = 0;
        foreach (ref readonly var count in counts.AsSpan())
            taken += count.Slots;
        return slots - taken;
    }

    private int FreeSlotsOfWave(RolloutMember member)
    {
        ref readonly var wave = ref counts[member.Wave];
        return terms.Waves[member.Wave].MaxConcurrent is { } most ? most.SlotsOf(wave.Total) - wave.Slots : int.MaxValue;
    }

    /// <summary>When a site's window is too far gone to begin; null while nothing may begin there.</summary>
    private DateTimeOffset? Closes(int index)
    {
        var (member, site) = (members[index], observed.Sites[index]!);
        if (site.Calendar is not { } calendar)
            return DateTimeOffset.MaxValue;
        var answer = calendar.At(now.AddTicks(1), member.Took ?? member.TookBefore ?? TimeSpan.Zero);
        // What fits in no window begins in any, as the site itself sees it.
        if (!answer.IsOpen && answer.Opens is null)
            answer = calendar.At(now.AddTicks(1));
        if (answer.IsOpen)
            return answer.LastStart ?? DateTimeOffset.MaxValue;
        if (answer.Opens is { } opens)
            LookAt(opens, $"the window of {site.Name.Name} opens");
        return null;
    }
}
