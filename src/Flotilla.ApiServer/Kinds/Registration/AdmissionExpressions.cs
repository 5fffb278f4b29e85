using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Cel;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Registration;

/// <summary>CEL expressions in webhook configurations and admission policies.</summary>
internal static class AdmissionExpressions
{
    private const int MostConditions = 64;

    private static readonly Lazy<CelEnvironment> OfWebhooks = new(() =>
        CelEnvironment.Kubernetes.With("object", CelType.Dyn).With("oldObject", CelType.Dyn).With("request", CelType.Dyn));

    private static readonly Lazy<CelEnvironment> OfPolicies = new(() =>
        OfWebhooks.Value.With("params", CelType.Dyn).With("namespaceObject", CelType.Dyn).With("variables", CelType.Dyn));

    /// <summary>The conditions that must hold for a webhook or policy to be asked.</summary>
    /// <param name="problems">Gets what is wrong.</param>
    /// <param name="path">Where the list is.</param>
    /// <param name="owner">What has the field <c>matchConditions</c>.</param>
    /// <param name="ofPolicy">Whether it is a policy, whose expressions know more variables.</param>
    public static void Conditions(FieldProblems problems, FieldPath path, JsonNode? owner, bool ofPolicy)
    {
        if (owner.Length("matchConditions") > MostConditions)
            problems.TooMany(path, owner.Length("matchConditions"), MostConditions);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var conditions = owner.Array("matchConditions") ?? [];
        for (var i = 0; i < conditions.Count; i++)
        {
            var (at, condition) = (path[i], conditions[i]);
            var (name, expression) = (condition.Text("name"), condition.Text("expression").Trim());
            if (expression.Length == 0)
                problems.Required(at["expression"]);
            else
                Check(problems, at["expression"], expression, ofPolicy, CelType.Bool);
            if (name.Length == 0)
            {
                problems.Required(at["name"]);
                continue;
            }
            problems.Invalid(at["name"], name, Names.QualifiedNameProblems(name));
            if (!names.Add(name))
                problems.Duplicate(at["name"], name);
        }
    }

    /// <summary>Whether an expression compiles and has a result of the type. What needs <c>authorizer</c> is not looked into.</summary>
    public static void Check(FieldProblems problems, FieldPath path, string expression, bool ofPolicy, CelType? result)
    {
        if (expression.Contains("authorizer", StringComparison.Ordinal))
            return;
        try
        {
            var type = CelProgram.Compile(expression, (ofPolicy ? OfPolicies : OfWebhooks).Value).ResultType;
            if (result is not null && type != result && type != CelType.Dyn)
                problems.Invalid(path, expression, $"must evaluate to {result} but got {type}");
        }
        catch (CelException e)
        {
            problems.Invalid(path, expression, $"compilation failed: {e.Message}");
        }
    }
}
