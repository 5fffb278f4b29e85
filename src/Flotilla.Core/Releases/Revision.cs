using System.Collections.Frozen;
using System.Text;
using Flotilla.Api.Stacks;
using Flotilla.Core.Releases.Sources;

using Flotilla.Core.Applying;

namespace Flotilla.Core.Releases;

/// <summary>
/// A compiled stack: what a fleet's sites have in common. Immutable, and safe to use from several threads; its objects that take no site
/// parameter are rendered once, here.
/// </summary>
public sealed class Revision
{
    internal Revision(IReadOnlyList<CompiledComponent> components, PrunePolicy prune, KindScopes scopes)
    {
        (Parts, Prune, Scopes) = (components, prune, scopes);
        Inputs = RevisionInputs.Write(components, prune);
        Digest = ContentDigest.Of(Inputs.Span);
        SiteNames = [.. components.SelectMany(c => c.SiteNames()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var shared = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (var blob in components.SelectMany(c => c.SharedBlobs))
            shared[blob.Digest] = blob.Bytes;
        SharedBlobs = shared.ToFrozenDictionary(StringComparer.Ordinal);
        SharedKeys = components.SelectMany(c => c.Shared.Select(o => (o.Key, Component: c.Use.Name)))
            .Concat(components.SelectMany(c => c.Open.Where(o => o.Key is not null).Select(o => (o.Key!.Value, Component: c.Use.Name))))
            .ToFrozenDictionary(o => o.Item1, o => o.Component);
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
