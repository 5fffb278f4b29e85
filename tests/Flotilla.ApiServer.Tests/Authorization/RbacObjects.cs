using System.Text.Json.Nodes;
using Flotilla.ApiServer.Authorization;
using Flotilla.ApiServer.Storage;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tests.Authorization;

/// <summary>RBAC objects in memory; each change counts up one version for all.</summary>
internal sealed class RbacObjects : IRbacSource
{
    private readonly SortedDictionary<(RbacKind Kind, string Namespace, string Name), StoredObject> objects = [];
    private long version = 1;

    public int Listed { get; private set; }

    public static RbacObjects WithDefaultPolicy()
    {
        var objects = new RbacObjects();
        foreach (var item in DefaultPolicy.Objects)
            objects.Put(item.Kind, item.Namespace, item.Object);
        return objects;
    }

    public void Put(RbacKind kind, string ns, JsonObject obj)
    {
        var key = new ObjectKey(ns, obj.Object("metadata").String("name")!);
        objects[(kind, ns, key.Name)] = ObjectDraft.Of((JsonObject)obj.DeepClone(), version).Seal(key, version + 1, null);
        version++;
    }

    public RbacObjects Put(RbacKind kind, string ns, string json)
    {
        Put(kind, ns, (JsonObject)JsonNode.Parse(json)!);
        return this;
    }

    public void Remove(RbacKind kind, string ns, string name)
    {
        objects.Remove((kind, ns, name));
        version++;
    }

    public long Version(RbacKind kind, string ns) => version;

    public IReadOnlyList<StoredObject> List(RbacKind kind, string ns)
    {
        Listed++;
        return [.. objects.Where(o => o.Key.Kind == kind && o.Key.Namespace == ns).Select(o => o.Value)];
    }
}
