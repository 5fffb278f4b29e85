using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds;
using Flotilla.Kubernetes.Cel;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.CustomResources;

/// <summary>Whether the CEL expressions in <c>x-kubernetes-validations</c> compile and may be where they are.</summary>
/// <param name="mayBeCostly">Whether single rules may cost what they do; all together may not.</param>
internal sealed class ExpressionRules(bool mayBeCostly)
{
    private readonly List<FieldError> errors = [];

    /// <summary>All violations.</summary>
    public IReadOnlyList<FieldError> Errors => errors;

    /// <summary>What all rules may cost.</summary>
    public RuleCosts Costs { get; } = new();

    /// <summary>Checks the rules of one node.</summary>
    /// <param name="props">The node as declared.</param>
    /// <param name="schema">The same node, compiled.</param>
    /// <param name="isResource">Whether it is a whole resource.</param>
    /// <param name="path">Where it stands.</param>
    /// <param name="uncorrelatable">The part of the schema around it whose values have no predecessors; null when there is none.</param>
    /// <param name="occurrences">How often the node can occur in one object; null when nothing bounds it.</param>
    public void Check(SchemaProps props, Schema schema, bool isResource, FieldPath path, FieldPath? uncorrelatable, ulong? occurrences)
    {
        var where = path["x-kubernetes-validations"];
        if (CelEnvironment.ForRules(schema, isResource) is not { } plain)
        {
            errors.Add(new FieldError(FieldErrorType.Internal, where.ToString(),
                "Internal error: internal error: failed to construct type information for x-kubernetes-validations rules: unable to convert structural schema to CEL declarations"));
            return;
        }
        for (var i = 0; i < props.Validations.Count; i++)
        {
            var entry = props.Validations[i];
            var optional = entry.Member("optionalOldSelf").AsBoolOrNull();
            var environment = optional == true ? CelEnvironment.ForRules(schema, isResource, optionalOldSelf: true)! : plain;
            var rule = Compile(entry.String("rule"), environment, CelType.Bool, "compilation failed: ", "cel expression must evaluate to a bool", out var problem);
            if (problem is not null)
                errors.Add(FieldError.Invalid(where[i]["rule"].ToString(), Shown(entry), problem));
            if (rule is not null)
            {
                var cost = CelCostLimits.Multiply(rule.EstimateCost(schema, isResource), occurrences ?? CelCostLimits.MaxCardinality(schema, isResource));
                Cost(where[i]["rule"], cost, "estimated rule cost");
                if (entry.String("messageExpression") is { Length: > 0 } message)
                    Message(entry, message, environment, where[i], program => program.EstimateCost(schema, isResource));
            }
            OldSelf(rule, entry, optional, where[i], uncorrelatable);
        }
    }

    private void Cost(FieldPath where, ulong cost, string what)
    {
        if (!mayBeCostly && cost > CelCostLimits.PerRule)
            errors.Add(FieldError.Forbidden(where.ToString(), CelCostLimits.Exceeded(what, cost, CelCostLimits.PerRule)));
        Costs.Add(where, cost);
    }

    private void Message(JsonObject entry, string message, CelEnvironment environment, FieldPath where, Func<CelProgram, ulong> costOf)
    {
        var program = Compile(message, environment, CelType.String, "messageExpression compilation failed: ", "messageExpression must evaluate to a string", out var problem);
        if (problem is not null)
            errors.Add(FieldError.Invalid(where["messageExpression"].ToString(), Shown(entry), problem));
        if (program is not null)
            Cost(where["messageExpression"], costOf(program), "estimated messageExpression cost");
    }

    private void OldSelf(CelProgram? rule, JsonObject entry, bool? optional, FieldPath where, FieldPath? uncorrelatable)
    {
        var used = rule?.References("oldSelf") == true;
        if (used && uncorrelatable is not null)
            errors.Add(FieldError.Invalid(where["rule"].ToString(), entry.String("rule"), $"oldSelf cannot be used on the uncorrelatable portion of the schema within {uncorrelatable}"));
        else if (!used && optional is { } flag)
            errors.Add(FieldError.Invalid(where["optionalOldSelf"].ToString(), flag, "may not be set if oldSelf is not used in rule"));
    }

    private static CelProgram? Compile(string? expression, CelEnvironment environment, CelType result, string failed, string wrongType, out string? problem)
    {
        problem = null;
        if (string.IsNullOrWhiteSpace(expression))
            return null;
        try
        {
            var program = CelProgram.Compile(expression, environment);
            if (program.ResultType.Kind == result.Kind)
                return program;
            problem = wrongType;
        }
        catch (CelException e)
        {
            problem = failed + e.Message;
        }
        return null;
    }

    /// <summary>A rule as kube-apiserver's internal type shows it in messages.</summary>
    private static JsonObject Shown(JsonObject entry) => new()
    {
        ["Rule"] = entry.String("rule") ?? "",
        ["Message"] = entry.String("message") ?? "",
        ["MessageExpression"] = entry.String("messageExpression") ?? "",
        ["Reason"] = entry.String("reason"),
        ["FieldPath"] = entry.String("fieldPath") ?? "",
        ["OptionalOldSelf"] = entry.Member("optionalOldSelf").AsBoolOrNull(),
    };
}
