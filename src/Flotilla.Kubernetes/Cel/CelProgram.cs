using Flotilla.Kubernetes.Cel.Checking;
using Flotilla.Kubernetes.Cel.Costs;
using Flotilla.Kubernetes.Cel.Evaluation;
using Flotilla.Kubernetes.Cel.Syntax;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.Cel;

/// <summary>
/// An expression that has been parsed, type-checked and planned. It can be evaluated any number of times, also at the
/// same time.
/// </summary>
public sealed class CelProgram
{
    private readonly string[] variables;
    private readonly Node plan;
    private readonly int slots;

    private CelProgram(string expression, Expr tree, string[] variables)
    {
        Expression = expression;
        Tree = tree;
        this.variables = variables;
        var planner = new Planner(variables);
        plan = planner.Plan(tree);
        slots = planner.SlotCount;
    }

    /// <summary>The source.</summary>
    public string Expression { get; }

    /// <summary>What evaluations yield.</summary>
    public CelType ResultType => Tree.Type;

    internal Expr Tree { get; }

    /// <summary>Compiles an expression.</summary>
    /// <exception cref="CelException">The expression has syntax or type errors; all of them are in the exception.</exception>
    public static CelProgram Compile(string expression, CelEnvironment environment)
    {
        var problems = new SourceProblems(expression);
        var tree = Parser.Parse(expression, problems, environment);
        problems.ThrowIfAny();
        var checker = new Checker(environment, problems);
        checker.Check(tree);
        problems.ThrowIfAny();
        LiteralChecks.Run(checker.Visited, problems);
        if (!environment.Libraries.HasFlag(CelLibraries.MixedLiterals))
            new HomogeneityCheck(problems).Run(tree);
        problems.ThrowIfAny();
        return new CelProgram(expression, tree, [.. checker.References]);
    }

    /// <summary>Whether the expression mentions a variable; a rule that mentions <c>oldSelf</c> is a transition rule.</summary>
    public bool References(string variable) => Array.IndexOf(variables, variable) >= 0;

    /// <summary>
    /// What the expression costs at most for values that a schema allows, as Kubernetes estimates it when a custom resource
    /// definition is created. <see cref="ulong.MaxValue"/> when there is no bound. See <see cref="CelCostLimits"/>.
    /// </summary>
    /// <param name="schema">The schema of <c>self</c> (and of <c>oldSelf</c>).</param>
    /// <param name="isResource">Whether it is the schema of a whole resource.</param>
    public ulong EstimateCost(Schema schema, bool isResource) => new CostEstimator(SchemaSize.Of(schema, isResource)).Estimate(Tree).Max;

    /// <summary>Computes the expression.</summary>
    /// <param name="bindings">Values of the variables.</param>
    /// <param name="budget">What it may cost; what it did cost is taken from it, also when it fails.</param>
    /// <param name="cancellation">Stops long loops.</param>
    /// <exception cref="CelEvaluationException">There is no result, or it would cost too much.</exception>
    public CelValue Evaluate(CelBindings bindings, CelBudget budget, CancellationToken cancellation = default)
    {
        var frame = new Frame(slots, budget.PerCallLimit, cancellation);
        for (var i = 0; i < variables.Length; i++)
            frame.Slots[i] = bindings.Get(variables[i]);
        try
        {
            var result = plan.Evaluate(frame);
            return result.IsError ? throw new CelEvaluationException(result.ErrorMessage) : result;
        }
        catch (CostLimitExceeded)
        {
            throw new CelEvaluationException("operation cancelled: actual cost limit exceeded", CelEvaluationFailure.CostLimitExceeded);
        }
        finally
        {
            budget.Charge(frame.Cost);
        }
    }
}
