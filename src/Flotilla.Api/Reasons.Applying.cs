namespace Flotilla.Api;

public static partial class Reasons
{
    // Health of an object.
    public const string NotObserved = "NotObserved";
    public const string Terminating = "Terminating";
    public const string ReplicasNotReady = "ReplicasNotReady";
    public const string ProgressDeadlineExceeded = "ProgressDeadlineExceeded";
    public const string ReplicaFailure = "ReplicaFailure";
    public const string PodNotReady = "PodNotReady";
    public const string PodFailed = "PodFailed";
    public const string JobRunning = "JobRunning";
    public const string JobFailed = "JobFailed";
    public const string NotBound = "NotBound";
    public const string ClaimLost = "ClaimLost";
    public const string NoAddress = "NoAddress";
    public const string NotEstablished = "NotEstablished";
    public const string NamesNotAccepted = "NamesNotAccepted";
    public const string NotAvailable = "NotAvailable";
    public const string DisruptionsNotAllowed = "DisruptionsNotAllowed";
    public const string ConditionNotTrue = "ConditionNotTrue";
    public const string Stalled = "Stalled";
    public const string Reconciling = "Reconciling";
    public const string RuleNotMet = "RuleNotMet";
    public const string RuleInvalid = "RuleInvalid";

    // What became of an object at a site.
    public const string Applied = "Applied";
    public const string LeftRelease = "LeftRelease";
    public const string Pruning = "Pruning";
    public const string Adopted = "Adopted";
    public const string Replaced = "Replaced";
    public const string DriftCorrected = "DriftCorrected";
    public const string DriftContested = "DriftContested";

    // Why an object is not applied.
    public const string WaitingForComponents = "WaitingForComponents";
    public const string WaitingForDefinition = "WaitingForDefinition";
    public const string WaitingForNamespace = "WaitingForNamespace";
    public const string WaitingForWebhook = "WaitingForWebhook";
    public const string WaitingForDeletion = "WaitingForDeletion";
    public const string WaitingForHealth = "WaitingForHealth";
    public const string ClusterUnreachable = "ClusterUnreachable";
    public const string ClusterBusy = "ClusterBusy";
    public const string Refused = "Refused";
    public const string Forbidden = "Forbidden";
    public const string Immutable = "Immutable";
    public const string NotOurs = "NotOurs";
    public const string SealedValueMissing = "SealedValueMissing";
    public const string ContentMissing = "ContentMissing";

    // Why an object that left the release is not deleted.
    public const string Protected = "Protected";
    public const string HoldsData = "HoldsData";
    public const string HasInstances = "HasInstances";
    public const string HoldsOthers = "HoldsOthers";
    public const string PruneThreshold = "PruneThreshold";
}
