using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.ManagedFields;

namespace Flotilla.ApiServer.CustomResources;

/// <summary>
/// All versions of a custom resource, compiled. A thousand virtual clusters with the same definition share one: compiled
/// definitions are kept by the digest of what they were made of, for as long as somebody uses them.
/// </summary>
internal sealed class CustomResourceKinds
{
    private const int SweepEvery = 256;
    private static readonly ConcurrentDictionary<string, WeakReference<CustomResourceKinds>> Kept = new(StringComparer.Ordinal);
    private static int sinceSweep;

    private CustomResourceKinds(JsonObject spec, JsonObject names) =>
        Versions = [.. (spec.Array("versions") ?? []).OfType<JsonObject>().Select(version => new CustomResourceKind(this, spec, names, version))];

    /// <summary>The versions in the order of the definition, served ones and others.</summary>
    public IReadOnlyList<CustomResourceKind> Versions { get; }

    /// <summary>The version that objects are stored in.</summary>
    public CustomResourceKind Storage => Versions.First(version => version.IsStorage);

    /// <summary>The version of a name, if it is served.</summary>
    public CustomResourceKind? Served(string version) => Versions.FirstOrDefault(v => v.IsServed && v.Resource.Version == version);

    /// <summary>
    /// An object in another version, for its field owners; null when there is no such version. Versions differ in nothing but their
    /// schema: there are no conversion webhooks.
    /// </summary>
    public VersionedObject? ToVersion(JsonObject obj, string apiVersion)
    {
        if (Versions.FirstOrDefault(v => v.Resource.ApiVersion == apiVersion) is not { } version)
            return null;
        var converted = (JsonObject)obj.DeepClone();
        converted["apiVersion"] = apiVersion;
        return new VersionedObject(converted, version.Schema);
    }

    /// <summary>Compiles a valid definition under the names that its status accepts (those of the spec while it accepts none).</summary>
    /// <param name="definition">The CustomResourceDefinition; not kept and not changed.</param>
    public static CustomResourceKinds Of(JsonObject definition)
    {
        var spec = definition.Object("spec") ?? [];
        var accepted = definition.Object("status").Object("acceptedNames");
        var names = string.IsNullOrEmpty(accepted.String("plural")) ? spec.Object("names") ?? [] : accepted!;
        var key = Digest(spec, names);
        while (true)
        {
            if (Kept.TryGetValue(key, out var weak) && weak.TryGetTarget(out var kept))
                return kept;
            var made = new CustomResourceKinds((JsonObject)spec.DeepClone(), (JsonObject)names.DeepClone());
            var reference = new WeakReference<CustomResourceKinds>(made);
            if (weak is null ? Kept.TryAdd(key, reference) : Kept.TryUpdate(key, reference, weak))
            {
                Sweep();
                return made;
            }
        }
    }

    private static string Digest(JsonObject spec, JsonObject names)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(JsonText.ToUtf8(spec));
        hash.AppendData(JsonText.ToUtf8(names));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>Forgets keys whose definitions are gone.</summary>
    private static void Sweep()
    {
        if (Interlocked.Increment(ref sinceSweep) % SweepEvery != 0)
            return;
        foreach (var (key, weak) in Kept)
        {
            if (!weak.TryGetTarget(out _))
                Kept.TryRemove(new KeyValuePair<string, WeakReference<CustomResourceKinds>>(key, weak));
        }
    }
}
