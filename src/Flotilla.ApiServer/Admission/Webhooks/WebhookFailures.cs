using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.ApiServer.Admission.Webhooks;

/// <summary>How the failures of webhooks are told to the user.</summary>
internal static class WebhookFailures
{
    /// <summary>The webhook said no. Its status is passed on, made to look like a failure.</summary>
    public static ApiStatusException Denied(string webhook, JsonObject? answer)
    {
        var status = ApiStatus.FromJson(AsStatus(answer)) ?? new ApiStatus(0, "", "");
        var by = $"admission webhook {FieldError.Quote(webhook)} denied the request";
        var message = status switch
        {
            { Message.Length: > 0 } => $"{by}: {status.Message}",
            { Reason.Length: > 0 } => $"{by}: {status.Reason}",
            _ => $"{by} without explanation",
        };
        return new ApiStatusException(status with { Code = status.Code < 400 ? 400 : status.Code, Message = message });
    }

    /// <summary>The webhook could not be asked and fails closed.</summary>
    public static ApiStatusException CallFailed(string webhook, WebhookCallException e) => Internal($"failed calling webhook {FieldError.Quote(webhook)}: {e.Message}");

    /// <summary>A dry run must not call a webhook that may have side effects.</summary>
    public static ApiStatusException NoDryRun(string webhook) =>
        ApiStatusException.BadRequest($"admission webhook {FieldError.Quote(webhook)} does not support dry run");

    /// <summary>A patch where there is nothing to patch.</summary>
    public static ApiStatusException NothingToPatch(string webhook) =>
        Internal($"admission webhook {FieldError.Quote(webhook)} attempted to modify the object, which is not supported for this operation");

    /// <summary>500 in the way of kube-apiserver: it is the answer users know for a webhook that is down.</summary>
    public static ApiStatusException Internal(string why) =>
        new(new ApiStatus(500, "InternalError", $"Internal error occurred: {why}") { Causes = [new StatusCause(null, why, null)] });

    private static JsonObject AsStatus(JsonObject? answer)
    {
        // The embedded status of an answer need not name its kind.
        var status = (JsonObject?)answer?.DeepClone() ?? [];
        status["kind"] = "Status";
        return status;
    }
}
