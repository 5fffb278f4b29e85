using System.Collections.Concurrent;
using System.Globalization;
using Flotilla.Api;
using Flotilla.Api.Components;
using Flotilla.Kubernetes.Cel;

namespace Flotilla.Core.Health;

/// <summary>Rules that a component's version states.</summary>
internal static class HealthRules
{
    /// <summary>Programs by their text: a fleet has a handful, and compiling takes far longer than running.</summary>
    private static readonly ConcurrentDictionary<string, object> Programs = new(StringComparer.Ordinal);
    private static readonly CelEnvironment Environment = CelEnvironment.Complete.With("self", CelType.Dyn);

    public static ObjectHealth Check(StatusView view, HealthRule rule)
    {
        if (view.ObservedGeneration is { } observed && observed < view.Generation)
        {
            return ObjectHealth.Progressing(
                Reasons.NotObserved, $"its controller has not looked at the last change yet (generation {view.Generation}, looked at {observed})");
        }
        if (rule.MinReady is { } least && MinReady(view, least) is { IsHealthy: false } ready)
            return ready;
        if (rule.Condition is { } condition && view.Holds(condition) != "True")
        {
            return ObjectHealth.Progressing(
                Reasons.ConditionNotTrue, $"condition {condition} is {view.Holds(condition) ?? "not there yet"}{view.Because(condition)}");
        }
        return rule.Expression is { } expression ? Expression(view, expression) : ObjectHealth.Healthy;
    }

    private static ObjectHealth MinReady(StatusView view, string least)
    {
        var (ready, wanted) = view.Kind == "DaemonSet"
            ? (view.Count("numberReady"), view.Count("desiredNumberScheduled"))
            : (view.Count("readyReplicas"), view.Wanted("replicas", 1));
        if (view.Status is null)
            return ObjectHealth.Progressing(Reasons.NotObserved, "its controller has not looked at it yet");
        if (Needed(least, wanted) is not { } needed)
            return ObjectHealth.Unhealthy(Reasons.RuleInvalid, $"minReady \"{least}\" is neither a number nor a percentage; correct the component's health rule");
        return ready >= needed
            ? ObjectHealth.Healthy
            : ObjectHealth.Progressing(Reasons.ReplicasNotReady, $"{ready} of {wanted} ready, at least {needed} needed");
    }

    /// <summary>A percentage is rounded up: 80% of 3 are 3.</summary>
    private static long? Needed(string least, long wanted)
    {
        if (least.EndsWith('%') && double.TryParse(least.AsSpan(0, least.Length - 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var percent))
            return (long)Math.Ceiling(wanted * percent / 100);
        return long.TryParse(least, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Min(number, wanted) : null;
    }

    private static ObjectHealth Expression(StatusView view, string expression)
    {
        var compiled = Programs.GetOrAdd(expression, static text =>
        {
            try
            {
                return CelProgram.Compile(text, Environment);
            }
            catch (CelException e)
            {
                return e.Message;
            }
        });
        if (compiled is not CelProgram program)
            return ObjectHealth.Unhealthy(Reasons.RuleInvalid, $"the health rule \"{expression}\" is wrong: {compiled}");
        try
        {
            var result = program.Evaluate(new CelBindings().Set("self", CelValue.FromJson(view.Object)), new CelBudget());
            return result.IsTrue ? ObjectHealth.Healthy : ObjectHealth.Progressing(Reasons.RuleNotMet, $"does not satisfy \"{expression}\" yet");
        }
        catch (CelEvaluationException e)
        {
            // Most often a field that is not there yet.
            return ObjectHealth.Progressing(Reasons.RuleNotMet, $"does not satisfy \"{expression}\" yet ({e.Message})");
        }
    }
}
