using System.Collections.Immutable;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Resources;

/// <summary>The resources that every cluster has; made once, shared by all.</summary>
internal static class BuiltInResources
{
    public static ImmutableArray<ServedResource> All { get; } = [.. BuiltInTypes.Instance.Resources.Select(r => new BuiltInResource(r))];

    private static readonly Dictionary<string, ServedResource[]> ByPlural =
        All.GroupBy(r => r.Plural).ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);

    private static readonly Dictionary<string, ServedResource> ByStorageName =
        All.DistinctBy(r => r.StorageName).ToDictionary(r => r.StorageName, StringComparer.Ordinal);

    public static ServedResource? FindStored(string storageName) => ByStorageName.GetValueOrDefault(storageName);

    public static ServedResource? Find(string group, string version, string plural)
    {
        if (!ByPlural.TryGetValue(plural, out var candidates))
            return null;
        foreach (var candidate in candidates)
        {
            if (candidate.Group == group && candidate.Type.Version == version)
                return candidate;
        }
        return null;
    }
}
