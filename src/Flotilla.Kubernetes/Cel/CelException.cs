namespace Flotilla.Kubernetes.Cel;

/// <summary>One thing that is wrong with an expression.</summary>
/// <param name="Line">Line, from 1; -1 when the problem has no place.</param>
/// <param name="Column">Column in code points, from 1; 0 when the problem has no place.</param>
/// <param name="Message">What is wrong, as <c>undeclared reference to 'x' (in container '')</c>.</param>
public sealed record CelProblem(int Line, int Column, string Message);

/// <summary>
/// An expression does not compile. The message lists all problems in source order, each with the line and a marker below
/// it, in the form that cel-go prints and the Kubernetes API server passes on.
/// </summary>
public sealed class CelException(string message, IReadOnlyList<CelProblem> problems) : Exception(message)
{
    /// <summary>All problems, in source order.</summary>
    public IReadOnlyList<CelProblem> Problems { get; } = problems;
}

/// <summary>An expression compiled but has no result for these values.</summary>
/// <param name="message">What went wrong, as <c>no such key: x</c> or <c>division by zero</c>.</param>
/// <param name="reason">Why there is no result.</param>
public sealed class CelEvaluationException(string message, CelEvaluationFailure reason = CelEvaluationFailure.Error) : Exception(message)
{
    /// <summary>Why there is no result.</summary>
    public CelEvaluationFailure Reason { get; } = reason;
}

/// <summary>Why an evaluation has no result.</summary>
public enum CelEvaluationFailure
{
    /// <summary>The values do not fit the expression; other values may.</summary>
    Error,

    /// <summary>The evaluation cost more than one call may.</summary>
    CostLimitExceeded,
}
