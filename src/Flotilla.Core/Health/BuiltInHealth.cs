using Flotilla.Api;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Core.Health;

/// <summary>Built-in kinds that run nothing themselves.</summary>
internal static class BuiltInHealth
{
    public static ObjectHealth Claim(StatusView view) => view.Status.String("phase") switch
    {
        "Bound" => ObjectHealth.Healthy,
        "Lost" => ObjectHealth.Unhealthy(Reasons.ClaimLost, "its volume is lost"),
        var phase => ObjectHealth.Progressing(Reasons.NotBound, $"has no volume yet (phase {phase ?? "unknown"}); with WaitForFirstConsumer it comes with the first pod"),
    };

    public static ObjectHealth Service(StatusView view)
    {
        if (view.Spec.String("type") != "LoadBalancer")
            return ObjectHealth.Healthy;
        return view.Status.Object("loadBalancer").Array("ingress") is { Count: > 0 }
            ? ObjectHealth.Healthy
            : ObjectHealth.Progressing(Reasons.NoAddress, "no load balancer has given it an address yet");
    }

    public static ObjectHealth Namespace(StatusView view) => view.Status.String("phase") == "Terminating"
        ? ObjectHealth.Progressing(Reasons.Terminating, "is being deleted")
        : ObjectHealth.Healthy;

    /// <summary>A budget that allows nothing now is no fault of what is applied, unless its controller cannot work it out.</summary>
    public static ObjectHealth DisruptionBudget(StatusView view)
    {
        if (view.Condition("DisruptionAllowed").String("reason") == "SyncFailed")
            return ObjectHealth.Unhealthy(Reasons.DisruptionsNotAllowed, $"cannot be worked out{view.Because("DisruptionAllowed")}");
        return ObjectHealth.Healthy;
    }

    public static ObjectHealth Definition(StatusView view)
    {
        if (view.Holds("NamesAccepted") == "False")
            return ObjectHealth.Unhealthy(Reasons.NamesNotAccepted, $"its names are taken{view.Because("NamesAccepted")}");
        return view.Holds("Established") == "True"
            ? ObjectHealth.Healthy
            : ObjectHealth.Progressing(Reasons.NotEstablished, $"is not served yet{view.Because("Established")}");
    }

    public static ObjectHealth ApiService(StatusView view) => view.Holds("Available") == "True"
        ? ObjectHealth.Healthy
        : ObjectHealth.Progressing(Reasons.NotAvailable, $"is not available{view.Because("Available")}");
}
