using Flotilla.Kubernetes.Errors;

namespace Flotilla.Kubernetes.Schemas;

/// <summary>A violation; kube-openapi tells equal sentences apart by nothing else and so keeps one of them.</summary>
internal sealed record Problem(string Sentence, FieldError Error);

/// <summary>What a check found, and how many of its parts held.</summary>
internal struct Outcome
{
    public List<Problem>? Problems;
    public int Matches;

    public readonly bool IsValid => Problems is null or { Count: 0 };

    public void Add(Problem problem)
    {
        Problems ??= [];
        foreach (var known in Problems)
        {
            if (known.Sentence == problem.Sentence)
                return;
        }
        Problems.Add(problem);
    }

    public void Merge(in Outcome other)
    {
        Matches += other.Matches;
        if (other.Problems is null)
            return;
        foreach (var problem in other.Problems)
            Add(problem);
    }
}
