namespace Flotilla.Core.Applying;

/// <summary>
/// Paths of fields that others may change: <c>spec.replicas</c>, <c>webhooks[*].clientConfig.caBundle</c>,
/// <c>metadata.annotations["example.com/a"]</c>. Immutable; steps down an object together with whoever walks it.
/// </summary>
public sealed class FieldPatterns
{
    public static readonly FieldPatterns None = new([]);

    private const string AnyElement = "[*]";
    private readonly IReadOnlyList<Rest> rests;

    private FieldPatterns(IReadOnlyList<Rest> rests) => this.rests = rests;

    public bool IsEmpty => rests.Count == 0;

    /// <summary>Whether the place that was stepped down to is one of the fields.</summary>
    public bool IsHere => rests.Any(r => r.Next == r.Steps.Count);

    /// <summary>Reads paths.</summary>
    /// <exception cref="FormatException">A path is malformed; the message says where.</exception>
    public static FieldPatterns Parse(IEnumerable<string> paths)
    {
        var rests = paths.Select(path => new Rest(Steps(path), 0)).ToList();
        return rests.Count == 0 ? None : new FieldPatterns(rests);
    }

    /// <summary>What is left below a field.</summary>
    public FieldPatterns Field(string name) => Down(name);

    /// <summary>What is left below an element of a list.</summary>
    public FieldPatterns Element() => Down(AnyElement);

    private FieldPatterns Down(string step)
    {
        if (IsEmpty)
            return this;
        List<Rest>? below = null;
        foreach (var rest in rests)
        {
            if (rest.Next < rest.Steps.Count && rest.Steps[rest.Next] == step)
                (below ??= []).Add(rest with { Next = rest.Next + 1 });
        }
        return below is null ? None : new FieldPatterns(below);
    }

    private static List<string> Steps(string path)
    {
        var steps = new List<string>();
        var at = path.StartsWith('.') ? 1 : 0;
        while (at < path.Length)
        {
            if (path[at] == '[')
            {
                var end = path.IndexOf(']', at);
                if (end < 0)
                    throw new FormatException($"\"{path}\": the bracket at {at} is not closed");
                var inside = path.AsSpan(at + 1, end - at - 1);
                if (inside.Length > 1 && inside[0] is '"' or '\'' && inside[^1] == inside[0])
                    steps.Add(inside[1..^1].ToString());
                else if (inside is "*")
                    steps.Add(AnyElement);
                else
                    throw new FormatException($"\"{path}\": [{inside}] is not understood; write [*] for every element, or [\"name\"] for a field");
                at = end + 1;
            }
            else
            {
                var end = path.AsSpan(at).IndexOfAny('.', '[');
                var name = end < 0 ? path[at..] : path.Substring(at, end);
                if (name.Length == 0)
                    throw new FormatException($"\"{path}\": a name is missing at {at}");
                steps.Add(name);
                at += name.Length;
            }
            if (at < path.Length && path[at] == '.')
                at++;
        }
        return steps.Count > 0 ? steps : throw new FormatException("a path of a field is empty");
    }

    private readonly record struct Rest(List<string> Steps, int Next);
}
