namespace Flotilla.Api;

public static partial class Reasons
{
    // Rollouts and their gates.
    public const string ApprovalNeeded = "ApprovalNeeded";
    public const string AskedFor = "AskedFor";
    public const string AwayTooLong = "AwayTooLong";
    public const string BudgetExceeded = "BudgetExceeded";
    public const string Cancelled = "Cancelled";
    public const string FleetDeleted = "FleetDeleted";
    public const string FinishingFirst = "FinishingFirst";
    public const string GatePassed = "GatePassed";
    public const string NoUpgradePath = "NoUpgradePath";
    public const string NoSuchStrategy = "NoSuchStrategy";
    public const string Permitted = "Permitted";
    public const string Quarantined = "Quarantined";
    public const string Retrying = "Retrying";
    public const string RolledBack = "RolledBack";
    public const string RolledOut = "RolledOut";
    public const string RollingBack = "RollingBack";
    public const string ScheduledStart = "ScheduledStart";
    public const string SoakRunning = "SoakRunning";
    public const string Superseded = "Superseded";
    public const string WaveComplete = "WaveComplete";
    public const string WaveEmpty = "WaveEmpty";
    public const string WaveFailed = "WaveFailed";
    public const string WaveStarted = "WaveStarted";
    public const string WebhookSaysNo = "WebhookSaysNo";

    // Sites in a rollout.
    public const string ChangeElsewhere = "ChangeElsewhere";
    public const string LeftOut = "LeftOut";
    public const string WaitingForWave = "WaitingForWave";
    public const string WaitingForRollout = "WaitingForRollout";
}
