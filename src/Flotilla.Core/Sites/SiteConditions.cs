using Flotilla.Api;
using Flotilla.Api.Sync;

namespace Flotilla.Core.Sites;

/// <summary>The five conditions of a site, and those of what went wrong on the way. What nobody can know at present is Unknown: never a stale True.</summary>
internal static class SiteConditions
{
    private const ConditionStatus True = ConditionStatus.True;
    private const ConditionStatus False = ConditionStatus.False;
    private const ConditionStatus Unknown = ConditionStatus.Unknown;

    public static IReadOnlyList<Condition> Of(SiteObservation observed, SiteContact contact, ConditionWriting writing)
    {
        List<Condition> conditions =
        [
            Make("Enrolled", Enrolled(observed.Facts, contact)),
            Make("Connected", Connected(observed, contact)),
            Make("InSync", InSync(observed, contact)),
            Make("UpToDate", UpToDate(observed)),
            Make("Healthy", Healthy(observed, contact)),
        ];
        if (observed.Facts?.Gap is { } gap)
        {
            conditions.Add(Make("JournalComplete", (
                False, Reasons.JournalCompacted, $"There was no room at the site for {gap.Entries} entries between {gap.From:u} and {gap.To:u}, which were left out.")));
        }
        return conditions;

        Condition Make(string type, (ConditionStatus Status, string Reason, string Message) said) =>
            writing.Make(type, said.Status, said.Reason, said.Message);
    }

    private static (ConditionStatus, string, string) Enrolled(SiteFacts? facts, SiteContact contact) => facts switch
    {
        _ when contact == SiteContact.NotEnrolled => (False, Reasons.NeverEnrolled, "No agent has enrolled for this site: run `flotilla site enrol` and follow what it prints."),
        { Barred: { } bar } => (False, bar.Reason, $"{bar.Message} Not let in since {bar.Since:u}; `flotilla site enrol NAME --replace` lets one in again."),
        { Contested: { } other } => (True, Reasons.IdentityContested, $"An agent is bound to this site; another one (key {other.KeyId}) wanted to be it at {other.Time:u} and was refused."),
        _ => (True, Reasons.Enrolled, "An agent is bound to this site."),
    };

    private static (ConditionStatus, string, string) Connected(SiteObservation observed, SiteContact contact) => contact switch
    {
        SiteContact.NotEnrolled => (False, Reasons.NeverEnrolled, "No agent has enrolled for this site."),
        SiteContact.NeverSeen => (False, Reasons.NeverSeen, "The agent enrolled and was not heard of since."),
        SiteContact.Connected => (True, Reasons.Connected, "The agent is heard of within its time."),
        _ when IsSilent(observed) => (False, Reasons.Silent, "The site was not heard of within its time after it was permitted to change; the change may have cut it off."),
        _ => (False, Reasons.Away, "The site was not heard of within its time; it goes on by itself with what it has."),
    };

    private static (ConditionStatus, string, string) InSync(SiteObservation observed, SiteContact contact)
    {
        var facts = observed.Facts;
        if (contact == SiteContact.NotEnrolled)
            return (Unknown, Reasons.NeverEnrolled, "No agent has enrolled for this site.");
        if (NotHeardOf(observed, contact) is { } unknown)
            return unknown;
        if (facts!.Stage is not { } target)
            return NothingWanted(observed);
        if (!facts.Taken)
            return (False, Reasons.NotTakenYet, "The site has not taken yet what it is meant to run.");
        if (facts.Runs(target) && (facts.Phase == SitePhase.Settled || observed.Outlook?.Standing == SiteStanding.Done))
        {
            return facts.Drifted ? (False, Reasons.Drifted, Sentence(facts.Message, "Somebody changed what is managed here, and it could not be corrected."))
                : (True, Reasons.InSync, "The site runs what it is meant to run.");
        }
        if (facts.Phase == SitePhase.Failed)
            return (False, Reason(facts, Reasons.ApplyFailed), Sentence(facts.Message, "The site cannot apply what it is meant to run."));
        if (facts.Phase == SitePhase.Applying)
            return (False, Reasons.Applying, Sentence(facts.Message, "The site is applying what it is meant to run."));
        if (observed.Site.Spec.Paused || observed.Outlook?.Reason == Reasons.Paused)
            return (False, Reasons.Paused, "Nothing new is begun while the site or its fleet is paused.");
        return facts.IsPermitted
            ? (False, Reasons.Staging, Sentence(facts.Message, "The site is fetching what it is meant to run."))
            : (False, Reasons.WaitingForPermit, "The site may fetch what it is meant to run, and may not begin it yet.");
    }

    private static (ConditionStatus, string, string) NothingWanted(SiteObservation observed) => observed.Fleets.Count == 0
        ? (False, Reasons.NoFleet, "No Fleet selects this site, so there is nothing that it should run.")
        : (False, observed.Outlook?.Reason ?? Reasons.WaitingForFleet, observed.Outlook?.Message ?? "Its fleet has not decided yet what it should run.");

    private static (ConditionStatus, string, string) UpToDate(SiteObservation observed)
    {
        if (observed.Fleets.Count == 0)
            return (False, Reasons.NoFleet, "No Fleet selects this site; it keeps what it has.");
        if (observed.Fleets.Count > 1)
        {
            return (False, Reasons.SeveralFleets,
                $"The fleets {string.Join(" and ", observed.Fleets)} select this site; it keeps what it has until only one does.");
        }
        return observed.Outlook switch
        {
            null => (Unknown, Reasons.WaitingForFleet, $"The fleet {observed.Fleets[0]} has not decided yet."),
            { Standing: SiteStanding.Changing or SiteStanding.Silent or SiteStanding.Failed or SiteStanding.Done } =>
                (True, Reasons.UpToDate, "The site is meant to run the current revision of its fleet."),
            var outlook => (False, outlook.Reason, outlook.Message),
        };
    }

    private static (ConditionStatus, string, string) Healthy(SiteObservation observed, SiteContact contact)
    {
        var facts = observed.Facts;
        if (contact == SiteContact.NotEnrolled)
            return (Unknown, Reasons.NeverEnrolled, "No agent has enrolled for this site.");
        if (NotHeardOf(observed, contact) is { } unknown)
            return unknown;
        if (facts!.Healthy)
            return (True, Reasons.Healthy, "Everything that is applied is healthy.");
        if (facts.Phase == SitePhase.Failed)
            return (False, Reason(facts, Reasons.ApplyFailed), Sentence(facts.Message, "Something cannot be applied."));
        return facts.AppliedRelease is null
            ? (Unknown, Reasons.NothingApplied, "Nothing has been applied as a whole yet.")
            : (False, Reason(facts, Reasons.Unhealthy), Sentence(facts.Message, "Something that is applied is not healthy."));
    }

    private static (ConditionStatus, string, string)? NotHeardOf(SiteObservation observed, SiteContact contact) => contact switch
    {
        SiteContact.NeverSeen => (Unknown, Reasons.NeverSeen, "The agent enrolled and was not heard of since."),
        SiteContact.Away when IsSilent(observed) => (Unknown, Reasons.Silent, "The site was not heard of since it was permitted to change."),
        SiteContact.Away => (Unknown, Reasons.Away, "The site was not heard of within its time."),
        _ => null,
    };

    private static bool IsSilent(SiteObservation observed) => observed.Outlook?.Standing is SiteStanding.Silent or SiteStanding.Failed;

    private static string Reason(SiteFacts facts, string otherwise) => facts.Reason.Length > 0 ? facts.Reason : otherwise;

    private static string Sentence(string said, string otherwise) => said.Length > 0 ? said : otherwise;
}
