using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Flotilla.ApiServer.Resources;

/// <summary>What a cluster serves: the built-in resources, shared by all clusters, and those of its CRDs.</summary>
internal sealed class ResourceCatalog
{
    private ImmutableDictionary<string, ImmutableArray<ServedResource>> customByDefinition = ImmutableDictionary<string, ImmutableArray<ServedResource>>.Empty;
    private FrozenDictionary<(string Group, string Version, string Plural), ServedResource> custom =
        FrozenDictionary<(string, string, string), ServedResource>.Empty;
    private readonly Lock change = new();
    private long generation;

    /// <summary>Changes whenever the set of resources changed.</summary>
    public long Generation => Volatile.Read(ref generation);

    /// <summary>Resources of CRDs, in the order of their definitions' names.</summary>
    public IEnumerable<ServedResource> Custom =>
        customByDefinition.OrderBy(pair => pair.Key, StringComparer.Ordinal).SelectMany(pair => pair.Value);

    public IEnumerable<ServedResource> All => BuiltInResources.All.Concat(Custom);

    public ServedResource? Find(string group, string version, string plural) =>
        BuiltInResources.Find(group, version, plural) ?? custom.GetValueOrDefault((group, version, plural));

    /// <summary>The resource whose objects are kept under a name, in any version.</summary>
    public ServedResource? FindStored(string storageName) =>
        BuiltInResources.FindStored(storageName) ?? (customByDefinition.GetValueOrDefault(storageName) is { IsDefaultOrEmpty: false } versions ? versions[0] : null);

    /// <summary>The resource of a kind, in any served version when none is given.</summary>
    public ServedResource? FindKind(string apiVersion, string kind)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        var (group, version) = slash < 0 ? ("", apiVersion) : (apiVersion[..slash], apiVersion[(slash + 1)..]);
        return All.FirstOrDefault(r => r.Group == group && r.Type.Version == version && r.Type.Kind == kind);
    }

    /// <summary>Whether Kubernetes itself has the group (unknown resources are told apart by that).</summary>
    public static bool IsBuiltInGroup(string group) => BuiltInResources.All.Any(r => r.Group == group);

    /// <summary>Puts the served versions of a CRD in the place of those it had; none take it away.</summary>
    public void Set(string definition, ImmutableArray<ServedResource> versions)
    {
        lock (change)
        {
            customByDefinition = versions.IsEmpty ? customByDefinition.Remove(definition) : customByDefinition.SetItem(definition, versions);
            custom = customByDefinition.Values.SelectMany(v => v).ToFrozenDictionary(r => (r.Group, r.Type.Version, r.Plural));
            Interlocked.Increment(ref generation);
        }
    }
}
