using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Api;
using Flotilla.Api.Components;
using Flotilla.Api.Releases;
using Flotilla.Core.Applying;
using Flotilla.Core.Releases;

namespace Flotilla.Agent.Applying;

/// <summary>An object of the release, with what its component says about it.</summary>
internal sealed record WantedObject
{
    public required ObjectId Id { get; init; }

    public required BlobObject Source { get; init; }

    public required BlobObjects Blob { get; init; }

    public required string Component { get; init; }

    public required ApplyWave Wave { get; init; }

    /// <summary>Of the line and the sealed values in it: another value of a secret is another object.</summary>
    public required string Digest { get; init; }

    public required IReadOnlyList<HealthRule> Health { get; init; }

    public required FieldPatterns Ignored { get; init; }

    public required bool Protected { get; init; }

    public required bool MayReplace { get; init; }

    public required bool Adopt { get; init; }

    /// <summary>Whether sealed values may stand in it.</summary>
    public required bool IsSealed { get; init; }
}

/// <summary>All objects of a release by what they are, in the order of its components.</summary>
internal static class WantedObjects
{
    /// <exception cref="FormatException">A target or a path of the release cannot be read.</exception>
    public static async Task<List<WantedObject>> ReadAsync(LoadedRelease release, CancellationToken cancellation)
    {
        var all = new List<WantedObject>();
        foreach (var component in release.Document.Components)
        {
            var rules = new Rules(component);
            var sealedValues = component.Sealed.Count > 0 ? SealedDigest(component, release) : "";
            foreach (var digest in component.Objects)
            {
                var blob = await BlobObjects.ReadAsync(release, digest, cancellation);
                foreach (var source in blob.Objects)
                    all.Add(rules.Of(source, blob, sealedValues));
            }
        }
        return all;
    }

    /// <summary>The state folder also holds the key that opens these values, so a plain hash of them tells nobody more than they know.</summary>
    private static string SealedDigest(ReleaseComponent component, LoadedRelease release)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in component.Sealed.Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            hash.AppendData([0]);
            hash.AppendData(Encoding.UTF8.GetBytes(release.SealedValues.GetValueOrDefault(name, "")));
            hash.AppendData([0]);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private sealed class Rules(ReleaseComponent component)
    {
        private readonly List<(ObjectTargetMatch Match, HealthRule Rule)> health = [.. component.Health.Select(r => (new ObjectTargetMatch(r), r))];
        private readonly List<(ObjectTargetMatch Match, IgnoredFields Fields)> ignored = [.. component.IgnoreFields.Select(f => (new ObjectTargetMatch(f), f))];
        private readonly List<ObjectTargetMatch> protect = Matches(component.Protect);
        private readonly List<ObjectTargetMatch> replace = Matches(component.Replace);

        public WantedObject Of(BlobObject source, BlobObjects blob, string sealedValues)
        {
            var shape = health.Count + ignored.Count + protect.Count + replace.Count == 0 ? null : Shape(source);
            var isSealed = sealedValues.Length > 0 && source.Id.IsOf("", "Secret");
            return new WantedObject
            {
                Id = source.Id,
                Source = source,
                Blob = blob,
                Component = component.Name,
                Wave = ApplyWaves.Of(source.Id),
                Digest = isSealed ? Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(source.Digest + sealedValues))) : source.Digest,
                Health = shape is null ? [] : [.. health.Where(h => h.Match.Matches(shape)).Select(h => h.Rule)],
                Ignored = shape is null ? FieldPatterns.None : FieldPatterns.Parse(ignored.Where(f => f.Match.Matches(shape)).SelectMany(f => f.Fields.Fields)),
                Protected = shape is not null && protect.Exists(m => m.Matches(shape)),
                MayReplace = shape is not null && replace.Exists(m => m.Matches(shape)),
                Adopt = component.Adopt,
                IsSealed = isSealed,
            };
        }

        private static List<ObjectTargetMatch> Matches(IReadOnlyList<ObjectTarget> targets) => [.. targets.Select(t => new ObjectTargetMatch(t))];

        private static JsonObject Shape(BlobObject source) => new()
        {
            ["apiVersion"] = source.Id.ApiVersion,
            ["kind"] = source.Id.Kind,
            ["metadata"] = new JsonObject
            {
                ["name"] = source.Id.Name,
                ["namespace"] = source.Id.Namespace,
                ["labels"] = new JsonObject(source.Labels.Select(l => KeyValuePair.Create<string, JsonNode?>(l.Key, l.Value))),
            },
        };
    }
}
