using System.Collections.Frozen;
using System.Text;
using Flotilla.Api;
using Flotilla.Api.Stacks;
using Flotilla.Core.Applying;
using Flotilla.Core.Releases.Sources;

namespace Flotilla.Core.Releases;

/// <summary>
/// A compiled stack: what a fleet's sites have in common. Immutable, and safe to use from several threads; its objects that take no site
/// parameter are rendered once, here.
/// </summary>
public sealed class Revision
{
    internal Revision(IReadOnlyList<CompiledComponent> components, PrunePolicy prune, KindScopes scopes)
    {
        (Parts, Scopes) = (components, scopes);
        Prune = prune with { Allow = RevisionInputs.Sorted(prune.Allow, ApiJson.Default.ObjectTarget) };
        Inputs = RevisionInputs.Write(components, Prune);
        Digest = ContentDigest.Of(Inputs.Span);
        SiteNames = [.. components.SelectMany(c => c.SiteNames()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        foreach (var component in components)
            component.Finish();
        SharedBlobs = components.SelectMany(c => c.SharedBlobs).DistinctBy(b => b.Digest).ToFrozenDictionary(b => b.Digest, b => b.Bytes, StringComparer.Ordinal);
        SharedKeys = components.SelectMany(c => c.Keys.Select(k => (Key: k, c.Use.Name))).ToFrozenDictionary(k => k.Key, k => k.Name);
    }

    /// <summary>SHA-256 of <see cref="Inputs"/>.</summary>
    public string Digest { get; }

    /// <summary>All that it is made of, as canonical JSON.</summary>
    public ReadOnlyMemory<byte> Inputs { get; }

    /// <summary>Names of its components, in the order in which they are applied.</summary>
    public IReadOnlyList<string> Order => [.. Parts.Select(p => p.Use.Name)];

    /// <summary>Blobs that every release of it shares, by digest.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> SharedBlobs { get; }

    /// <summary>What it takes from sites: <c>tills</c> for <c>${site.tills}</c>.</summary>
    public IReadOnlyList<string> SiteNames { get; }

    /// <summary>Manifests that stand in declarations only; with them beside <see cref="Inputs"/>, everything that it is made of is content.</summary>
    public IEnumerable<ReleaseBlob> InlineSources =>
        Parts.Select(p => p.Use.Version.Source.Inline).OfType<string>().Select(text => ReleaseBlob.Of(Encoding.UTF8.GetBytes(text)));

    internal IReadOnlyList<CompiledComponent> Parts { get; }

    internal PrunePolicy Prune { get; }

    internal KindScopes Scopes { get; }

    /// <summary>Components by the keys of their objects, where those are the same at each site.</summary>
    internal IReadOnlyDictionary<ObjectId, string> SharedKeys { get; }

    /// <summary>A digest of what this revision takes from a site. Sites with equal ones share a release.</summary>
    public string InputsOf(SiteInputs site)
    {
        var text = new StringBuilder();
        foreach (var name in SiteNames)
        {
            // Lengths in front: no value can look like two.
            var value = site.Find(name);
            var kind = value is null ? '-' : value.IsSealed ? 's' : '=';
            text.Append(name.Length).Append(':').Append(name).Append(kind).Append(value?.Text.Length ?? 0).Append(':').Append(value?.Text);
        }
        return ContentDigest.Of(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
