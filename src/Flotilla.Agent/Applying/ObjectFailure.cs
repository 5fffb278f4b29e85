using Flotilla.Api;
using Flotilla.Core.Applying;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.Agent.Applying;

/// <summary>What kind of failure.</summary>
internal enum FailureKind
{
    /// <summary>Passes by itself.</summary>
    Transient,

    /// <summary>The cluster asks for less.</summary>
    Throttled,

    /// <summary>Waits for something that this release or the cluster will bring.</summary>
    Waiting,

    /// <summary>Nothing but a change can help.</summary>
    Stalled,
}

/// <summary>Why an object could not be applied or deleted.</summary>
/// <param name="Kind">What kind of failure.</param>
/// <param name="Reason">A code of <see cref="Reasons"/>.</param>
/// <param name="Message">What, and what to do.</param>
/// <param name="RetryAfter">When the server wants to be asked again.</param>
internal sealed record ObjectFailure(FailureKind Kind, string Reason, string Message, TimeSpan RetryAfter = default)
{
    /// <summary>Kinds that hold what cannot be had back; they are never deleted to be made anew.</summary>
    public static bool NeverReplaced(ObjectId id) =>
        id.IsOf("", "PersistentVolumeClaim") || id.IsOf("", "PersistentVolume") || id.IsOf("", "Namespace")
        || id.IsOf("apiextensions.k8s.io", "CustomResourceDefinition");

    public static ObjectFailure Of(Exception problem, ObjectId id) => problem switch
    {
        ApiStatusException refused => Of(refused.Status, id),
        UnknownResourceException unknown => new(FailureKind.Waiting, Reasons.WaitingForDefinition, unknown.Message),
        HttpRequestException { InnerException: TimeoutException } slow => new(FailureKind.Throttled, Reasons.ClusterBusy, slow.Message),
        _ => new(FailureKind.Transient, Reasons.ClusterUnreachable, problem.Message),
    };

    private static ObjectFailure Of(ApiStatus status, ObjectId id)
    {
        var after = TimeSpan.FromSeconds(status.RetryAfterSeconds);
        var message = status.Message;
        if (message.Contains("failed calling webhook", StringComparison.Ordinal))
            return new(FailureKind.Waiting, Reasons.WaitingForWebhook, message, after);
        if (message.Contains("because it is being terminated", StringComparison.Ordinal) || message.Contains("object is being deleted", StringComparison.Ordinal))
            return new(FailureKind.Waiting, Reasons.WaitingForDeletion, message, after);
        return status.Code switch
        {
            429 or 503 or 504 => new(FailureKind.Throttled, Reasons.ClusterBusy, message, after),
            >= 500 => new(FailureKind.Transient, Reasons.ClusterUnreachable, message, after),
            401 => new(FailureKind.Transient, Reasons.Forbidden, $"{message}; the agent's credentials were refused"),
            403 => new(FailureKind.Stalled, Reasons.Forbidden, $"{message}; give the agent's account this right"),
            404 when id.Namespace is { Length: > 0 } && message.StartsWith("namespaces ", StringComparison.Ordinal) =>
                new(FailureKind.Waiting, Reasons.WaitingForNamespace, $"{message}; add the namespace to the component, or make it"),
            404 => new(FailureKind.Waiting, Reasons.WaitingForDefinition, message),
            409 when status.Reason == "Conflict" && message.StartsWith("Apply failed with", StringComparison.Ordinal) => NotOurs(id, message),
            409 => new(FailureKind.Transient, Reasons.ClusterBusy, message),
            422 when ImmutableField(status) is { } field => new(FailureKind.Stalled, Reasons.Immutable, Immutable(id, field, message)),
            _ => new(FailureKind.Stalled, Reasons.Refused, message),
        };
    }

    public static ObjectFailure NotOurs(ObjectId id, string why) =>
        new(FailureKind.Stalled, Reasons.NotOurs, $"{why}; set adopt on the stack's use of the component to take it over, or delete {id}");

    private static string Immutable(ObjectId id, string field, string message) => NeverReplaced(id)
        ? $"{field} cannot be changed: {message}; keep the old value, or move by hand to an object of another name"
        : $"{field} cannot be changed: {message}; keep the old value, or add {{kind: {id.Kind}, name: {id.Name}}} to replace of the component's version";

    private static string? ImmutableField(ApiStatus status)
    {
        foreach (var cause in status.Causes)
        {
            if (Says(cause.Message))
                return cause.Field is { Length: > 0 } field ? field : "a field";
        }
        return Says(status.Message) ? "a field" : null;
    }

    private static bool Says(string? message) => message is not null
        && (message.Contains("field is immutable", StringComparison.Ordinal)
            || message.Contains("is immutable", StringComparison.Ordinal)
            || message.Contains("Forbidden: updates to", StringComparison.Ordinal)
            || message.Contains("updates to parameters are forbidden", StringComparison.Ordinal)
            || message.Contains("cannot change roleRef", StringComparison.Ordinal)
            || message.Contains("may not be changed", StringComparison.Ordinal)
            || message.Contains("may not change once set", StringComparison.Ordinal));
}
