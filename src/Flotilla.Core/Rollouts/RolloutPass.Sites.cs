using Flotilla.Api;
using Flotilla.Api.Rollouts;
using Flotilla.Api.Sync;
using Flotilla.Core.Fleets;

namespace Flotilla.Core.Rollouts;

internal sealed partial class RolloutPass
{
    private void LookAround()
    {
        foreach (var member in members)
            counts[member.Wave].Add(member, 1);
        for (var i = 0; i < members.Length; i++)
            Look(i);
    }

    /// <summary>Looks at one site: its next state, and what has to be said to it whoever's turn it is.</summary>
    private void Look(int index)
    {
        var member = members[index];
        if (SiteMachine.IsFinal(member.State))
            return;
        var site = observed.Sites[index];
        var look = SiteLook.At(member, site, record.Fleet, terms, observed.Orders, now);
        sights[index] = look.Sight;
        if (look.Until < next)
            LookAt(look.Until, $"{member.Site.Name}: {look.Message}");
        var seen = Seen(member, look);
        var state = SiteMachine.Next(member.State, look.Sight, member.Back);
        if (state == RolloutSiteState.Failed)
            failures[index] = look;
        if (state == RolloutSiteState.Failed && SiteMachine.HoldsSlot(member.State) && look.Sight != SiteSight.Lost && !IsHeld && MayRetry(member))
        {
            // Whether it gets another try is known when all were looked at: others may have failed, too.
            again.Add(index);
            if (!ReferenceEquals(seen, member))
                Set(index, seen);
            return;
        }
        if (state != member.State)
        {
            seen = seen with { State = state, Since = now, Reason = look.Reason, Message = look.Message };
            TellOf(member, seen);
        }
        else if (state == RolloutSiteState.Waiting && (member.Reason, member.Message) != (look.Reason, look.Message))
        {
            seen = seen with { Reason = look.Reason, Message = look.Message };
        }
        if (!ReferenceEquals(seen, member))
            Set(index, seen);
        if (look.Sight is not (SiteSight.Left or SiteSight.LeftOut or SiteSight.NotEnrolled or SiteSight.Blocked or SiteSight.Leased))
            Keep(seen, site!, look);
    }

    /// <summary>What is remembered of what was seen.</summary>
    private RolloutMember Seen(RolloutMember member, SiteLook look)
    {
        switch (look.Sight)
        {
            case SiteSight.Busy or SiteSight.Overdue or SiteSight.Failing when member.Began is null && look.Reason != Reasons.PermitOver:
                return member with { Began = now };
            case SiteSight.PermitOver:
                return member with { Unused = member.Unused + 1 };
            case SiteSight.Ill or SiteSight.IllTooLong:
                // A site that only compares what it runs with its cluster ends no soak by that.
                var healthy = look.Reason == Reasons.Unhealthy ? null : member.HealthySince;
                return member.IllSince is not null && member.HealthySince == healthy && member.Began is not null
                    ? member
                    : member with { IllSince = member.IllSince ?? now, HealthySince = healthy, Began = member.Began ?? now };
            case SiteSight.Well or SiteSight.WellLongEnough when member.Permitted is not null && (member.HealthySince is null || member.IllSince is not null || member.Began is null):
                return member with
                {
                    HealthySince = member.HealthySince ?? now,
                    IllSince = null,
                    Began = member.Began ?? now,
                    Took = member.Took ?? now - member.Permitted,
                };
            default:
                return member;
        }
    }

    /// <summary>Has the site hold the release that it shall get, whoever's turn it is, and takes back what cannot have reached it.</summary>
    private void Keep(RolloutMember member, FleetSite site, SiteLook look)
    {
        var facts = site.Facts!;
        var target = Target(member, site);
        if (member.State == RolloutSiteState.Failed && facts.Stage != target)
            return;
        if (facts.Stage != target)
        {
            actions.Add(new FleetAction.Stage(site.Name, target, member.Back ? $"{record.Name} takes it back to what it had" : $"it is a site of {record.Name}"));
            return;
        }
        if (look.Sight == SiteSight.PermitOver)
            actions.Add(new FleetAction.Withdraw(site.Name, look.Message));
        else if (look.Sight == SiteSight.Away && facts.IsPermitted)
            actions.Add(new FleetAction.Withdraw(site.Name, "the site went away before the permit reached it"));
        else if (facts.Fleet != record.Fleet || facts.Inputs != site.Inputs)
            actions.Add(new FleetAction.Renew(site.Name, facts.Fleet == record.Fleet ? "what is said besides the release changed" : $"the site moves from the fleet {facts.Fleet}"));
    }

    /// <summary>Takes back permits that nobody began to use, where none may begin.</summary>
    private void TakeBackPermits()
    {
        for (var i = 0; i < members.Length; i++)
        {
            // Who failed in silence and is there again may not have begun, either.
            if (sights[i] != SiteSight.Permitted || members[i].State is not (RolloutSiteState.Applying or RolloutSiteState.Failed) || !observed.Sites[i]!.Facts!.IsPermitted)
                continue;
            var paused = observed.Sites[i]!.Paused;
            var shut = !observed.Sites[i]!.Facts!.Permit!.AnyTime && Closes(i) is null;
            if (!paused && !shut && (members[i].Back ? !observed.Orders.Paused : !IsHeld))
                continue;
            var why = paused ? "the site is paused" : shut ? "its window is closed" : record.Ending is not null ? "the rollout ends" : observed.FleetHeld is { } held ? held.Message.TrimEnd('.') : "the rollout is paused";
            actions.Add(new FleetAction.Withdraw(members[i].Site, $"{why}, and the site has not begun"));
            if (members[i].State == RolloutSiteState.Applying)
                Set(i, members[i] with { State = RolloutSiteState.Staging, Since = now, Reason = Reasons.Paused, Message = $"Its permit was taken back: {why}." });
        }
    }

    private void Permit(FleetSite site, ReleaseTarget target, string because, bool anyTime, TimeSpan expectedAway, DateTimeOffset closes)
    {
        var length = expectedAway * 2 > ShortestPermit ? expectedAway * 2 : ShortestPermit;
        var ends = now + length;
        var leave = new StartPermit(target.Release, now, ends < closes ? ends : closes) { AnyTime = anyTime };
        // What is said of one site in one step is one desired state: a permit says that the release is staged, too.
        actions.Add(new FleetAction.Permit(site.Name, leave, because));
        LookAt(leave.NotAfter, $"the permit of {site.Name.Name} ends");
    }

    private static readonly TimeSpan ShortestPermit = TimeSpan.FromHours(1);

    private static ReleaseTarget Target(RolloutMember member, FleetSite site) => (member.Back ? member.From : site.Release)!;

    private string WaveName(RolloutMember member) => record.Waves[member.Wave].Name;

    private void TellOf(RolloutMember before, RolloutMember after)
    {
        var name = after.Site.Name;
        var message = after.State switch
        {
            RolloutSiteState.Soaking when before.State == RolloutSiteState.Failed => $"{name} runs it, healthy, after all. {after.Message}",
            RolloutSiteState.Soaking => $"{name} runs it, healthy. {after.Message}",
            RolloutSiteState.Succeeded => $"{name} succeeded.",
            RolloutSiteState.Failed => $"{name} failed: {after.Message}",
            RolloutSiteState.Silent => $"{name} fell silent after its permit; it keeps its slot.",
            RolloutSiteState.Deferred => $"{name} is deferred: {after.Message}",
            RolloutSiteState.RolledBack => $"{name} is back on what it had.",
            RolloutSiteState.Skipped => $"{name} is left out: {after.Message}",
            RolloutSiteState.Applying when before.State is RolloutSiteState.Silent => $"{name} is heard of again, applying.",
            RolloutSiteState.Staging when before.State == RolloutSiteState.Applying && after.Reason == Reasons.PermitOver => $"{name} did not begin within its permit and waits for another.",
            _ when before.State == RolloutSiteState.Deferred => $"{name} is there again.",
            _ => null,
        };
        if (message is not null)
            Tell(after.Reason, message, WaveName(after), name);
    }
}
