namespace Flotilla.Api;

/// <summary>Reason codes, one home for all: conditions, reports, journals. docs/reasons.md explains each; a test holds the two together.</summary>
public static partial class Reasons
{
    // Conditions of a Site.
    public const string Enrolled = "Enrolled";
    public const string NeverEnrolled = "NeverEnrolled";
    public const string Connected = "Connected";
    public const string NeverSeen = "NeverSeen";
    public const string Away = "Away";
    public const string Silent = "Silent";
    public const string InSync = "InSync";
    public const string NoFleet = "NoFleet";
    public const string SeveralFleets = "SeveralFleets";
    public const string Staging = "Staging";
    public const string WaitingForPermit = "WaitingForPermit";
    public const string Applying = "Applying";
    public const string NotTakenYet = "NotTakenYet";
    public const string Drifted = "Drifted";
    public const string Paused = "Paused";
    public const string UpToDate = "UpToDate";
    public const string WaitingForSlot = "WaitingForSlot";
    public const string StackNotReady = "StackNotReady";
    public const string ParametersInvalid = "ParametersInvalid";
    public const string Healthy = "Healthy";
    public const string Unhealthy = "Unhealthy";
    public const string ApplyFailed = "ApplyFailed";
    public const string NothingApplied = "NothingApplied";
    public const string WaitingForFleet = "WaitingForFleet";

    // Conditions of a Fleet, beyond those of its sites.
    public const string AllUpToDate = "AllUpToDate";
    public const string RollingOut = "RollingOut";
    public const string SitesAway = "SitesAway";
    public const string SitesNotEnrolled = "SitesNotEnrolled";
    public const string NoSites = "NoSites";
    public const string NoOverlap = "NoOverlap";
    public const string ChangeFailing = "ChangeFailing";
    public const string NotStalled = "NotStalled";
    public const string NoSuchStack = "NoSuchStack";
    public const string NoSuchWindow = "NoSuchWindow";

    // Conditions of Stacks and Components.
    public const string Compiled = "Compiled";
    public const string CompileFailed = "CompileFailed";
    public const string WaitingForSource = "WaitingForSource";
    public const string SourceFailed = "SourceFailed";
    public const string WaitingForComponent = "WaitingForComponent";
    public const string SourcesReady = "SourcesReady";

    // What keeps a site from its hub.
    public const string HubUnreachable = "HubUnreachable";
    public const string NotTheHub = "NotTheHub";
    public const string CaptivePortal = "CaptivePortal";
    public const string HubFailing = "HubFailing";
    public const string SignInRefused = "SignInRefused";
    public const string Revoked = "Revoked";

    // Why a site refuses a desired state, or does not begin it.
    public const string BadSignature = "BadSignature";
    public const string OtherSite = "OtherSite";
    public const string OtherHub = "OtherHub";
    public const string NotNewer = "NotNewer";
    public const string EpochNotGranted = "EpochNotGranted";
    public const string Malformed = "Malformed";
    public const string ClockUntrusted = "ClockUntrusted";
    public const string PermitNotOpen = "PermitNotOpen";
    public const string PermitOver = "PermitOver";
    public const string WindowClosed = "WindowClosed";
    public const string Blackout = "Blackout";
    public const string Frozen = "Frozen";
    public const string TimeZoneUnknown = "TimeZoneUnknown";

    // What a site is at.
    public const string NothingWanted = "NothingWanted";
    public const string LinkBudgetSpent = "LinkBudgetSpent";
    public const string FetchFailed = "FetchFailed";
    public const string SealedValueUnreadable = "SealedValueUnreadable";
    public const string DiskShort = "DiskShort";
    public const string JournalFull = "JournalFull";
    public const string JournalCompacted = "JournalCompacted";
    public const string StateUnreadable = "StateUnreadable";

    // A hub that was restored from a backup.
    public const string RestoredFromBackup = "RestoredFromBackup";
    public const string HubBehindSites = "HubBehindSites";
    public const string NotHeardSinceRestore = "NotHeardSinceRestore";

    // Identities that are in doubt.
    public const string IdentityCopied = "IdentityCopied";
    public const string IdentityContested = "IdentityContested";
}
