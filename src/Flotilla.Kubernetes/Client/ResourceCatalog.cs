using System.Collections.Frozen;

namespace Flotilla.Kubernetes.Client;

/// <summary>What a server serves, at one moment. Immutable.</summary>
internal sealed class ResourceCatalog
{
    public static readonly ResourceCatalog Empty = new([]);

    private readonly FrozenDictionary<(string ApiVersion, string Kind), ServedResource> byKind;

    /// <param name="resources">In the server's order: preferred groups and versions first.</param>
    public ResourceCatalog(IReadOnlyList<ServedResource> resources)
    {
        All = resources;
        var kinds = new Dictionary<(string, string), ServedResource>();
        foreach (var resource in resources)
            kinds.TryAdd((resource.Reference.ApiVersion, resource.Reference.Kind), resource);
        byKind = kinds.ToFrozenDictionary();
    }

    public IReadOnlyList<ServedResource> All { get; }

    public ServedResource? Find(string apiVersion, string kind) => byKind.GetValueOrDefault((apiVersion, kind));

    /// <summary>Finds what people write: a plural, singular, short name or kind, alone or with <c>.group</c> or <c>.version.group</c>.</summary>
    public ServedResource? Find(string word)
    {
        var dot = word.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
            return Named(word, _ => true);
        var (name, rest) = (word[..dot], word[(dot + 1)..]);
        return Named(name, r => r.Group == rest) ?? Named(name, r => $"{r.Version}.{r.Group}" == rest || (r.Group.Length == 0 && r.Version == rest));
    }

    /// <summary>A resource that somebody may have meant.</summary>
    public string? NearestTo(string word)
    {
        var name = word.Split('.')[0];
        return All.SelectMany(r => r.ShortNames.Append(r.Reference.Plural))
            .Select(known => (Name: known, Distance: Distance(known, name.ToLowerInvariant())))
            .Where(near => near.Distance <= Math.Max(1, (name.Length + 1) / 3))
            .OrderBy(near => near.Distance).ThenBy(near => near.Name, StringComparer.Ordinal)
            .Select(near => near.Name).FirstOrDefault();
    }

    /// <summary>Plurals come before other names, as one resource's short name may be another's plural.</summary>
    private ServedResource? Named(string name, Func<ResourceReference, bool> fits) =>
        All.FirstOrDefault(r => fits(r.Reference) && Same(r.Reference.Plural, name))
        ?? All.FirstOrDefault(r => fits(r.Reference) && (Same(r.Singular, name) || Same(r.Reference.Kind, name)))
        ?? All.FirstOrDefault(r => fits(r.Reference) && r.ShortNames.Any(s => Same(s, name)));

    private static bool Same(string known, string name) => known.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Letters to add, remove or change (Levenshtein).</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }
        return row[b.Length];
    }
}
