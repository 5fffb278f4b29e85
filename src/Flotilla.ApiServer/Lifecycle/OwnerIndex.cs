using System.Text.Json.Nodes;
using Flotilla.ApiServer.Storage;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Lifecycle;

/// <summary>One entry of <c>metadata.ownerReferences</c>.</summary>
internal readonly record struct OwnerReference(string ApiVersion, string Kind, string Name, string Uid, bool BlocksDeletion)
{
    public static IReadOnlyList<OwnerReference> Of(JsonObject obj) =>
    [
        .. (obj.Object("metadata").Array("ownerReferences") ?? []).Select(r => new OwnerReference(
            r.String("apiVersion") ?? "", r.String("kind") ?? "", r.String("name") ?? "", r.String("uid") ?? "",
            r.Member("blockOwnerDeletion").AsBoolOrNull() ?? false)),
    ];
}

/// <summary>An object by where it is kept.</summary>
internal readonly record struct ObjectPlace(string Resource, ObjectKey Key);

/// <summary>Who depends on whom in one cluster, by uid of the owner. Holds only objects that have owners.</summary>
internal sealed class OwnerIndex
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, HashSet<ObjectPlace>> dependents = new(StringComparer.Ordinal);
    private readonly Dictionary<ObjectPlace, string[]> owners = [];

    /// <summary>Takes in a change; true when the object has owners now and did not have the same ones before.</summary>
    public bool Update(ObjectPlace place, StoredObject? obj)
    {
        // Looking for the word in the bytes spares parsing the many objects without owners.
        var hasOwners = obj is not null && obj.Json.Span.IndexOf("\"ownerReferences\""u8) >= 0;
        lock (gate)
        {
            var before = owners.GetValueOrDefault(place);
            if (before is null && !hasOwners)
                return false;
            string[] now = hasOwners ? [.. OwnerReference.Of(obj!.Parse()).Select(o => o.Uid)] : [];
            foreach (var uid in before ?? [])
            {
                if (!now.Contains(uid) && dependents.TryGetValue(uid, out var places) && places.Remove(place) && places.Count == 0)
                    dependents.Remove(uid);
            }
            foreach (var uid in now)
            {
                if (!dependents.TryGetValue(uid, out var places))
                    dependents[uid] = places = [];
                places.Add(place);
            }
            if (now.Length == 0)
                owners.Remove(place);
            else
                owners[place] = now;
            return now.Length > 0 && (before is null || !before.SequenceEqual(now));
        }
    }

    public IReadOnlyList<ObjectPlace> DependentsOf(string uid)
    {
        lock (gate)
            return dependents.TryGetValue(uid, out var places) ? [.. places] : [];
    }
}
