using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flotilla.Kubernetes.Cel;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Registration;

/// <summary>ValidatingAdmissionPolicies and MutatingAdmissionPolicies (these have no status).</summary>
internal sealed partial class AdmissionPolicyKind(bool mutating)
    : BuiltInKind(KindTraits.Generation | KindTraits.ConditionalUpdate | (mutating ? KindTraits.None : KindTraits.Status))
{
    private const int MostAnnotations = 20;
    private const int LongestAnnotation = 5 * 1024;

    private static readonly HashSet<string> Reserved =
    [
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace",
        "return", "var", "void", "while",
    ];

    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.Whole;

    public override MetadataChecks MetadataChecksOnStatusUpdate => MetadataChecks.None;

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var (path, spec) = (FieldPath.Spec, SpecOf(obj));
        problems.RequiredOneOf(path["failurePolicy"], spec.Text("failurePolicy"), "Fail", "Ignore");
        if (spec.Object("paramKind") is { } kind)
            PolicyMatching.ParameterKind(problems, path["paramKind"], kind);
        if (spec.Object("matchConstraints") is { } match)
        {
            PolicyMatching.Resources(problems, path["matchConstraints"], match);
            if (match.Length("resourceRules") == 0)
                problems.Required(path["matchConstraints"]["resourceRules"]);
        }
        else
            problems.Required(path["matchConstraints"]);
        AdmissionExpressions.Conditions(problems, path["matchConditions"], spec, ofPolicy: true);
        foreach (var (at, variable) in spec.Each("variables", path))
            Variable(problems, at, variable);
        if (mutating)
            Mutations(problems, path, spec);
        else
            Validations(problems, path, spec, obj.Object("metadata").Text("name"));
    }

    private static void Variable(FieldProblems problems, FieldPath path, JsonNode? variable)
    {
        var (name, expression) = (variable.Text("name"), variable.Text("expression"));
        if (name.Trim().Length == 0)
            problems.Required(path["name"], "name is not specified");
        else if (!Identifier().IsMatch(name) || Reserved.Contains(name))
            problems.Invalid(path["name"], name, "name is not a valid CEL identifier");
        if (expression.Trim().Length == 0)
            problems.Required(path["expression"], "expression is not specified");
        else
            AdmissionExpressions.Check(problems, path["expression"], expression, ofPolicy: true, result: null);
    }

    private static void Validations(FieldProblems problems, FieldPath path, JsonObject spec, string name)
    {
        const string nothing = "validations or auditAnnotations must contain at least one item";
        if (spec.Length("validations") == 0 && spec.Length("auditAnnotations") == 0)
        {
            problems.Required(path["validations"], nothing);
            problems.Required(path["auditAnnotations"], nothing);
        }
        foreach (var (at, validation) in spec.Each("validations", path))
            Validation(problems, at, validation);
        if (spec.Length("auditAnnotations") > MostAnnotations)
            problems.Invalid(path["auditAnnotations"], spec.Member("auditAnnotations"), $"must not have more than {MostAnnotations} auditAnnotations");
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (at, annotation) in spec.Each("auditAnnotations", path))
        {
            var (key, expression) = (annotation.Text("key"), annotation.Text("valueExpression").Trim());
            problems.Invalid(at["key"], $"{name}/{key}", Names.QualifiedNameProblems($"{name}/{key}"));
            if (expression.Length == 0)
                problems.Required(at["valueExpression"], "valueExpression is not specified");
            else if (expression.Length > LongestAnnotation)
                problems.Required(at["valueExpression"], $"must not exceed {LongestAnnotation} bytes in length");
            else
                AdmissionExpressions.Check(problems, at["valueExpression"], expression, ofPolicy: true, result: null);
            if (!keys.Add(key))
                problems.Duplicate(at["key"], key);
        }
    }

    private static void Validation(FieldProblems problems, FieldPath path, JsonNode? validation)
    {
        var (expression, message, computed) = (validation.Text("expression"), validation.Text("message"), validation.Text("messageExpression"));
        if (expression.Trim().Length == 0)
            problems.Required(path["expression"], "expression is not specified");
        else
            AdmissionExpressions.Check(problems, path["expression"], expression, ofPolicy: true, CelType.Bool);
        if (computed.Length > 0 && computed.Trim().Length == 0)
            problems.Invalid(path["messageExpression"], computed, "must be non-empty if specified");
        else if (computed.Length > 0)
            AdmissionExpressions.Check(problems, path["messageExpression"], computed, ofPolicy: true, CelType.String);
        if (message.Length > 0 && message.Trim().Length == 0)
            problems.Invalid(path["message"], message, "message must be non-empty if specified");
        else if (message.Trim().AsSpan().ContainsAny('\n', '\r'))
            problems.Invalid(path["message"], message, "message must not contain line breaks");
        if (validation.Has("reason"))
            problems.OneOf(path["reason"], validation.Text("reason"), "Forbidden", "Invalid", "RequestEntityTooLarge");
    }

    private static void Mutations(FieldProblems problems, FieldPath path, JsonObject spec)
    {
        if (spec.Length("mutations") == 0)
            problems.Required(path["mutations"], "mutations must contain at least one item");
        foreach (var (at, mutation) in spec.Each("mutations", path))
        {
            var type = mutation.Text("patchType");
            problems.RequiredOneOf(at["patchType"], type, "ApplyConfiguration", "JSONPatch");
            var field = type == "JSONPatch" ? "jsonPatch" : "applyConfiguration";
            var other = type == "JSONPatch" ? "applyConfiguration" : "jsonPatch";
            if (type is not ("JSONPatch" or "ApplyConfiguration"))
                continue;
            if (!mutation.Has(field))
                problems.Required(at[field], $"must be specified when patchType is {type}");
            else if (mutation.Object(field).Text("expression").Trim().Length == 0)
                problems.Required(at[field]["expression"], "expression is not specified");
            if (mutation.Has(other))
                problems.Invalid(at[other], "{" + other + "}", $"must not be specified when patchType is {type}");
        }
        problems.RequiredOneOf(path["reinvocationPolicy"], spec.Text("reinvocationPolicy"), "IfNeeded", "Never");
    }

    [GeneratedRegex(@"^[_a-zA-Z][_a-zA-Z0-9]*\z")]
    private static partial Regex Identifier();
}
