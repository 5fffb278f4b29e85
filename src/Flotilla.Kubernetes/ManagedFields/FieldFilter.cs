namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>
/// Which fields a write to a resource or subresource can own at all. A write to <c>/status</c> owns nothing of the spec,
/// because the server resets it; see <c>GetResetFields</c> of the strategies in kube-apiserver.
/// </summary>
public abstract class FieldFilter
{
    /// <summary>The fields of a set that may be owned.</summary>
    public abstract FieldSet Apply(FieldSet fields);

    /// <summary>Everything but these fields and what is below them.</summary>
    public static FieldFilter Except(params IEnumerable<FieldPath> reset) => new Excluding(FieldSet.Of(reset));

    /// <summary>Only what is at or below one of these patterns.</summary>
    /// <param name="patterns">Field names from the root; null stands for any element.</param>
    public static FieldFilter Only(params IEnumerable<string?[]> patterns) => new Including([.. patterns]);

    private sealed class Excluding(FieldSet reset) : FieldFilter
    {
        public override FieldSet Apply(FieldSet fields) => fields.ExceptSubtrees(reset);
    }

    private sealed class Including(string?[][] patterns) : FieldFilter
    {
        public override FieldSet Apply(FieldSet fields) => Filter(fields, patterns, 0);

        private static FieldSet Filter(FieldSet fields, IReadOnlyList<string?[]> active, int depth)
        {
            var kept = new List<FieldSet.Entry>();
            foreach (var entry in fields.Entries)
            {
                var fitting = active.Where(p => p[depth] is not { } name || name == entry.Element.FieldName).ToList();
                if (fitting.Count == 0)
                    continue;
                var below = entry.Below is null || fitting.Exists(p => p.Length == depth + 1)
                    ? entry.Below
                    : Filter(entry.Below, fitting, depth + 1);
                if (FieldSet.Entry.OrNone(entry.Element, entry.IsMember, below) is { } some)
                    kept.Add(some);
            }
            return FieldSet.OfEntries(kept);
        }
    }
}
