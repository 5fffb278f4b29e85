using Flotilla.Kubernetes.Errors;

namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>A field that an apply would change although another owner has it.</summary>
internal readonly record struct FieldConflict(OwnerKey Owner, FieldPath Path)
{
    /// <summary>The 409 that kube-apiserver gives, with a cause for each conflict.</summary>
    public static ApiStatusException ToException(IReadOnlyList<FieldConflict> conflicts) =>
        new(new ApiStatus(409, "Conflict", Message(conflicts))
        {
            Causes = [.. conflicts.Select(c => new StatusCause("FieldManagerConflict", $"conflict with {c.Owner.Describe()}", c.Path.ToString()))],
        });

    private static string Message(IReadOnlyList<FieldConflict> conflicts)
    {
        if (conflicts is [var only])
            return $"Apply failed with 1 conflict: conflict with {only.Owner.Describe()}: {only.Path}";
        var lines = new List<string>();
        foreach (var owner in conflicts.GroupBy(c => c.Owner))
        {
            lines.Add($"conflicts with {owner.Key.Describe()}:");
            lines.AddRange(owner.Select(c => $"- {c.Path}"));
        }
        return $"Apply failed with {conflicts.Count} conflicts: {string.Join('\n', lines)}";
    }
}
