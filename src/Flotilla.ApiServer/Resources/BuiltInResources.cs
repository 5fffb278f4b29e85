using System.Collections.Frozen;
using System.Collections.Immutable;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Resources;

/// <summary>The resources that every cluster has; made once, shared by all.</summary>
internal static class BuiltInResources
{
    private static readonly FrozenDictionary<(string Group, string Version, string Plural), ServedResource> ByName =
        BuiltInTypes.Instance.Resources.ToFrozenDictionary(r => (r.Group, r.Version, r.Plural), r => (ServedResource)new BuiltInResource(r));

    public static ImmutableArray<ServedResource> All { get; } =
        [.. BuiltInTypes.Instance.Resources.Select(r => ByName[(r.Group, r.Version, r.Plural)])];

    private static readonly FrozenDictionary<string, ServedResource> ByStorageName =
        All.DistinctBy(r => r.StorageName).ToFrozenDictionary(r => r.StorageName, StringComparer.Ordinal);

    public static ServedResource? FindStored(string storageName) => ByStorageName.GetValueOrDefault(storageName);

    public static ServedResource? Find(string group, string version, string plural) => ByName.GetValueOrDefault((group, version, plural));
}
