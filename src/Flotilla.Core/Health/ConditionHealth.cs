using Flotilla.Api;

namespace Flotilla.Core.Health;

/// <summary>Kinds that nobody here knows: what their conditions say.</summary>
internal static class ConditionHealth
{
    /// <summary>Conditions that mean all is well when they are True, in the order in which they are asked.</summary>
    private static readonly string[] Good = ["Ready", "Available", "Healthy", "Accepted", "Programmed"];

    private static readonly string[] Bad = ["Stalled", "Degraded"];

    public static ObjectHealth Of(StatusView view)
    {
        if (view.Status is null)
            return ObjectHealth.Healthy;
        foreach (var type in Bad)
        {
            if (view.Holds(type) == "True")
                return ObjectHealth.Unhealthy(Reasons.Stalled, $"says {type}{view.Because(type)}");
        }
        if (view.Holds("Reconciling") == "True")
            return ObjectHealth.Progressing(Reasons.Reconciling, $"is being reconciled{view.Because("Reconciling")}");
        foreach (var type in Good)
        {
            switch (view.Holds(type))
            {
                case "True":
                    return ObjectHealth.Healthy;
                case "False":
                case "Unknown":
                    return ObjectHealth.Progressing(Reasons.ConditionNotTrue, $"condition {type} is {view.Holds(type)}{view.Because(type)}");
            }
        }
        return ObjectHealth.Healthy;
    }
}
