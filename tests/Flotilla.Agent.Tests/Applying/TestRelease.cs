using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Agent.Applying;
using Flotilla.Api;
using Flotilla.Api.Releases;
using Flotilla.Api.Stacks;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;
using Flotilla.TestKit;

namespace Flotilla.Agent.Tests.Applying;

/// <summary>Releases for tests: of a few lines of YAML, or of what real projects publish.</summary>
internal static class TestRelease
{
    /// <summary>One component <c>till</c> with these objects.</summary>
    public static LoadedRelease Of(string yaml, Func<ReleaseComponent, ReleaseComponent>? change = null, PrunePolicy? prune = null) =>
        Of([("till", yaml, change)], prune);

    public static LoadedRelease Of(IReadOnlyList<(string Name, string Yaml, Func<ReleaseComponent, ReleaseComponent>? Change)> parts, PrunePolicy? prune = null)
    {
        var blobs = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        var components = new List<ReleaseComponent>();
        foreach (var (name, yaml, change) in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(string.Concat(YamlReader.ReadAll(yaml).Select(d => Line(name, (JsonObject)d.Content!) + "\n")));
            var digest = DigestOf(bytes);
            blobs[digest] = bytes;
            var component = new ReleaseComponent { Name = name, Version = "1.0.0", Role = "application", Objects = [digest] };
            components.Add(change is null ? component : change(component));
        }
        var document = new ReleaseDocument { Revision = "sha256:revision", Components = components, Prune = prune ?? new PrunePolicy() };
        return new LoadedRelease
        {
            Digest = DigestOf(JsonSerializer.SerializeToUtf8Bytes(document, ApiJson.Default.ReleaseDocument)),
            Document = document,
            ReadBlob = (digest, _) => new(blobs[digest]),
        };
    }

    /// <summary>What the real stack compiles to, in the older or the newer versions.</summary>
    public static LoadedRelease Real(bool newer, string network = "calico", Func<JsonObject, JsonObject>? change = null)
    {
        var declared = newer ? RealStack.Newer(network) : RealStack.Older(network);
        var release = RealStack.Compile(change is null ? declared : change(declared));
        var blobs = release.Blobs.DistinctBy(b => b.Digest).ToDictionary(b => b.Digest, b => b.Bytes);
        return new LoadedRelease { Digest = release.Digest, Document = release.Document, ReadBlob = (digest, _) => new(blobs[digest]) };
    }

    private static string Line(string component, JsonObject obj)
    {
        obj.ObjectOrNew("metadata").ObjectOrNew("labels")[ReleaseLabels.Component] = component;
        return Encoding.UTF8.GetString(CanonicalJson.Write(obj));
    }

    private static string DigestOf(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));
}
