using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Cel;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Admission.Webhooks;

/// <summary>
/// The <c>matchConditions</c> of a webhook: CEL expressions over <c>object</c>, <c>oldObject</c> and <c>request</c> that must all hold.
/// </summary>
internal sealed class MatchConditions
{
    private static readonly Lazy<CelEnvironment> Environment = new(() =>
        CelEnvironment.Kubernetes.With("object", CelType.Dyn).With("oldObject", CelType.Dyn).With("request", CelType.Dyn));

    private readonly Condition[] conditions;

    private MatchConditions(Condition[] conditions) => this.conditions = conditions;

    /// <summary>Reads conditions; null when there are none. Expressions are compiled when they are first needed.</summary>
    public static MatchConditions? Read(JsonArray? conditions) =>
        conditions is null or { Count: 0 } ? null : new MatchConditions([.. conditions.Select(c => new Condition(c.String("expression") ?? ""))]);

    /// <summary>
    /// Whether the webhook is to be asked. One condition that does not hold decides; otherwise those that cannot be computed count:
    /// then a webhook that fails open is not asked.
    /// </summary>
    /// <exception cref="ApiStatusException">403: a condition cannot be computed and the webhook fails closed.</exception>
    public bool Hold(AdmissionAttributes attributes, bool failsOpen, CancellationToken cancellation)
    {
        var bindings = new CelBindings()
            .Set("object", CelValue.FromJson(attributes.Object))
            .Set("oldObject", CelValue.FromJson(attributes.OldObject))
            .Set("request", CelValue.FromJson(WebhookReview.Request(attributes, "")));
        var budget = new CelBudget(CelBudget.KubernetesMatchConditions);
        var problems = new List<string>();
        foreach (var condition in conditions)
        {
            try
            {
                if (!condition.Holds(bindings, budget, cancellation))
                    return false;
            }
            catch (CelException e)
            {
                problems.Add($"compilation error: compilation failed: {e.Message}");
            }
            catch (CelEvaluationException e)
            {
                problems.Add($"expression '{condition.Expression}' resulted in error: {e.Message}");
            }
            if (budget.Remaining < 0)
            {
                problems.Add("validation failed due to running out of cost budget, no further validation rules will be run");
                break;
            }
        }
        if (problems.Count == 0)
            return true;
        if (failsOpen)
            return false;
        throw ApiStatusException.Forbidden(
            attributes.Resource.Group, attributes.Resource.Plural, attributes.Name, problems is [var only] ? only : $"[{string.Join(", ", problems)}]");
    }

    private sealed class Condition(string expression)
    {
        private CelProgram? program;

        public string Expression => expression;

        public bool Holds(CelBindings bindings, CelBudget budget, CancellationToken cancellation)
        {
            program ??= CelProgram.Compile(expression, Environment.Value);
            var result = program.Evaluate(bindings, budget, cancellation);
            return result.Kind == CelValueKind.Bool
                ? result.IsTrue
                : throw new CelEvaluationException("cel expression is expected to return bool");
        }
    }
}
