using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Cel;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.Kubernetes.Schemas.Rules;

/// <summary>One CEL rule of a schema, compiled when it is first needed.</summary>
internal sealed class CompiledRule
{
    private const int LongestMessage = 5 * 1024;
    private readonly Lazy<(CelProgram? Rule, CelProgram? Message, string? Error)> programs;
    private readonly ValidationRule rule;
    private readonly string? fieldPath;

    public CompiledRule(ValidationRule rule, Schema schema, bool isResource)
    {
        this.rule = rule;
        fieldPath = rule.FieldPath is { Length: > 0 } path ? SchemaPath.Resolve(path, schema) : null;
        programs = new(() => Compile(rule, schema, isResource));
    }

    /// <summary>Whether the rule compares with the value before; it only runs when there is one (or when it takes an optional).</summary>
    public bool UsesOldSelf => programs.Value.Rule?.References("oldSelf") == true;

    public bool OptionalOldSelf => rule.OptionalOldSelf;

    /// <summary>Why the rule does not compile; it was checked when the CRD came, so this hints at an old one.</summary>
    public string? CompileError => programs.Value.Error;

    /// <summary>The message of the rule, else the rule itself: how errors refer to it.</summary>
    public string Shown => (string.IsNullOrEmpty(rule.Message) ? rule.Rule : rule.Message).Trim();

    /// <summary>Whether the rule holds.</summary>
    /// <exception cref="CelEvaluationException">The rule has no result.</exception>
    public bool Holds(CelBindings bindings, CelBudget budget) => programs.Value.Rule is not { } program || program.Evaluate(bindings, budget).IsTrue;

    /// <summary>The error of a rule that does not hold.</summary>
    /// <param name="path">Field path of the value.</param>
    /// <param name="value">The value; objects and lists are not shown.</param>
    /// <param name="bindings">As the rule had them.</param>
    /// <param name="budget">Also pays for the expression that makes the message.</param>
    /// <param name="typeName">The schema's type, which stands for the value when even the message fails.</param>
    public FieldError Error(string path, JsonNode value, CelBindings bindings, CelBudget budget, string typeName)
    {
        var field = fieldPath is null ? path : path.Length == 0 ? fieldPath : $"{path}.{fieldPath}";
        string? detail = null;
        if (programs.Value.Message is not null)
        {
            (detail, var failure) = Message(bindings, budget);
            if (failure is not null)
                return FieldError.Invalid(field, typeName, failure);
        }
        detail ??= string.IsNullOrEmpty(rule.Message) ? $"failed rule: {Shown}" : rule.Message.Trim();
        return rule.Reason switch
        {
            "FieldValueForbidden" => FieldError.Forbidden(field, detail),
            "FieldValueRequired" => FieldError.Required(field, detail),
            "FieldValueDuplicate" => value is JsonValue ? FieldError.Duplicate(field, value) : new FieldError(FieldErrorType.Duplicate, field, "Duplicate value"),
            _ => value is JsonValue ? FieldError.Invalid(field, value, detail) : new FieldError(FieldErrorType.Invalid, field, $"Invalid value: {detail}"),
        };
    }

    /// <summary>What the message expression says; null when that is no use as a message. A failure ends the validation.</summary>
    private (string? Detail, string? Failure) Message(CelBindings bindings, CelBudget budget)
    {
        string? text;
        try
        {
            text = programs.Value.Message!.Evaluate(bindings, budget).AsStringOrNull()?.Trim();
        }
        catch (CelEvaluationException e) when (e.Reason == CelEvaluationFailure.CostLimitExceeded)
        {
            return (null, $"no further validation rules will be run due to call cost exceeds limit for messageExpression: {FieldError.Quote(rule.MessageExpression!)}");
        }
        catch (CelEvaluationException)
        {
            text = null;
        }
        if (budget.Remaining < 0)
            return (null, "messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run");
        var isMessage = text is { Length: > 0 } && !text.Contains('\n', StringComparison.Ordinal) && System.Text.Encoding.UTF8.GetByteCount(text) <= LongestMessage;
        return (isMessage ? text : null, null);
    }

    private static (CelProgram? Rule, CelProgram? Message, string? Error) Compile(ValidationRule rule, Schema schema, bool isResource)
    {
        if (string.IsNullOrWhiteSpace(rule.Rule))
            return (null, null, null);
        var environment = CelEnvironment.ForRules(schema, isResource, rule.OptionalOldSelf)!;
        try
        {
            var program = CelProgram.Compile(rule.Rule, environment);
            return (program, MessageProgram(rule, environment), null);
        }
        catch (CelException e)
        {
            return (null, null, $"compilation failed: {e.Message}");
        }
    }

    private static CelProgram? MessageProgram(ValidationRule rule, CelEnvironment environment)
    {
        if (string.IsNullOrEmpty(rule.MessageExpression))
            return null;
        try
        {
            return CelProgram.Compile(rule.MessageExpression, environment);
        }
        catch (CelException)
        {
            // The rule still says what is wrong.
            return null;
        }
    }
}
