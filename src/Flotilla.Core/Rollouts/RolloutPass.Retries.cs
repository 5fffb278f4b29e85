using Flotilla.Api;
using Flotilla.Api.Rollouts;
using Flotilla.Core.Fleets;

namespace Flotilla.Core.Rollouts;

internal sealed partial class RolloutPass
{
    /// <summary>Sites that hold a slot, failed just now, and have tries left.</summary>
    private readonly List<int> again = [];

    /// <summary>Another try by itself, for those that keep their slot; unless nobody may begin any more.</summary>
    private void TryAgain()
    {
        foreach (var i in again)
        {
            var member = members[i];
            if (member.Back || SiteMachine.IsFinal(member.State))
                continue;
            if (IsHeld || record.Phase == RolloutPhase.RollingBack)
            {
                var failed = member with { State = RolloutSiteState.Failed, Since = now, Reason = failures[i].Reason, Message = failures[i].Message };
                TellOf(member, failed);
                Set(i, failed);
            }
            else if (KeepsSlot(i) && FreeSlots(member) < 0)
            {
                // Sites that had applied it fell silent and hold slots once more: nobody begins again before there is room.
                if (member.Reason != Reasons.WaitingForSlot)
                    Set(i, member with { Reason = Reasons.WaitingForSlot, Message = "The site tries again when a slot is free." });
            }
            else
            {
                Retry(i);
            }
        }
    }

    /// <summary>Another try by somebody's wish.</summary>
    private void RetryWhoFailed()
    {
        if (observed.Orders.Retry.Count == 0 || IsHeld || record.Phase == RolloutPhase.RollingBack)
            return;
        for (var i = 0; i < members.Length; i++)
        {
            var sight = sights[i];
            if (members[i].State != RolloutSiteState.Failed || !MayRetry(members[i]))
                continue;
            if (sight == SiteSight.Ready || sight is SiteSight.Failing or SiteSight.Overdue or SiteSight.IllTooLong or SiteSight.Busy or SiteSight.Ill && FreeSlots(members[i]) > 0)
                Retry(i);
        }
    }

    private bool MayRetry(RolloutMember member) =>
        !member.Back && member.Retries < terms.Retries + observed.Orders.Retry.GetValueOrDefault(member.Site.Name);

    /// <summary>Whether another try is more time for what has begun; otherwise it is another permit in its turn.</summary>
    private bool KeepsSlot(int index) => sights[index] != SiteSight.Ready && failures[index].Reason != Reasons.PermitOver;

    /// <summary>Who has begun gets its whole time again; who has not waits for a permit as everybody does.</summary>
    private void Retry(int index)
    {
        var (member, site, sight) = (members[index], observed.Sites[index]!, sights[index]);
        Tell(Reasons.Retrying, $"{site.Name.Name} tries again ({member.Retries + 1}).", WaveName(member), site.Name.Name);
        var retried = member with { Since = now, Retries = member.Retries + 1, HealthySince = null, IllSince = null, Reason = Reasons.Retrying, Message = "The site tries again." };
        if (!KeepsSlot(index))
        {
            if (site.Facts!.IsPermitted)
                actions.Add(new FleetAction.Withdraw(site.Name, "it gets another permit"));
            Set(index, retried with { State = sight == SiteSight.Ready ? RolloutSiteState.Staged : RolloutSiteState.Staging, Began = null, Unused = 0 });
            return;
        }
        Permit(site, Target(member, site), "it tries again", anyTime: false, site.ExpectedAway, DateTimeOffset.MaxValue);
        Set(index, retried with { State = RolloutSiteState.Applying, Permitted = now, PermitSequence = site.Facts!.Sequence + 1, PermitEpoch = observed.Epoch, Began = now });
    }
}
