using Flotilla.ApiServer.Kinds;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.CustomResources;

internal sealed partial class SchemaRules
{
    private static readonly string[] Reasons = ["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"];

    /// <summary>The form of <c>x-kubernetes-validations</c>; whether the expressions compile is another matter.</summary>
    private void Rules(SchemaProps schema, FieldPath path)
    {
        for (var i = 0; i < schema.Validations.Count; i++)
        {
            var entry = schema.Validations[i];
            var where = path["x-kubernetes-validations"][i];
            var (rule, message) = (entry.String("rule") ?? "", entry.String("message") ?? "");
            var (trimmedRule, trimmedMessage) = (rule.Trim(), message.Trim());
            if (trimmedRule.Length == 0)
                Required(where["rule"], "rule is not specified");
            else if (message.Length > 0 && trimmedMessage.Length == 0)
                Invalid(where["message"], message, "must be non-empty if specified");
            else if (HasLineBreak(trimmedMessage))
                Invalid(where["message"], message, "must not contain line breaks");
            else if (HasLineBreak(trimmedRule) && trimmedMessage.Length == 0)
                Required(where["message"], "message must be specified if rule contains line breaks");
            if (entry.String("messageExpression") is { Length: > 0 } expression && expression.Trim().Length == 0)
                Required(where["messageExpression"], "messageExpression must be non-empty if specified");
            if (entry.String("reason") is { } reason && !Reasons.Contains(reason))
                errors.Add(FieldError.NotSupported(where["reason"].ToString(), reason, Reasons));
            if (entry.String("fieldPath") is { Length: > 0 } fieldPath)
                RuleFieldPath(schema, where["fieldPath"], fieldPath);
        }
    }

    private void RuleFieldPath(SchemaProps schema, FieldPath where, string fieldPath)
    {
        if (fieldPath.Trim().Length == 0)
            Invalid(where, fieldPath, "must be non-empty if specified");
        if (HasLineBreak(fieldPath))
            Invalid(where, fieldPath, "must not contain line breaks");
        if (RulePath.Resolve(fieldPath, schema, out _) is null)
            Invalid(where, fieldPath, "must be a valid path");
    }

    private static bool HasLineBreak(string text) => text.AsSpan().IndexOfAny('\n', '\r') >= 0;
}
