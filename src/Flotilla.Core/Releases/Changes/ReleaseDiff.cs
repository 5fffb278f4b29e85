using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Api;
using Flotilla.Api.Releases;
using Flotilla.Core.Applying;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Core.Releases.Changes;

/// <summary>Compares releases.</summary>
public static class ReleaseDiff
{
    /// <summary>What a site gets when it goes from one release to another; null is no release at all.</summary>
    public static ReleaseChanges Between(Release? before, Release? after)
    {
        if (before?.Digest == after?.Digest)
            return ReleaseChanges.None;
        var (old, now) = (Objects(before, after), Objects(after, before));
        var objects = new List<ObjectChange>();
        foreach (var id in old.Keys.Union(now.Keys))
        {
            var (was, stays) = (old.TryGetValue(id, out var o), now.TryGetValue(id, out var n));
            if (was && stays && o.Line.Span.SequenceEqual(n.Line.Span))
                continue;
            var (oldContent, newContent) = (was ? Parse(o.Line) : null, stays ? Parse(n.Line) : null);
            var fields = was && stays ? FieldDiff.Between(oldContent, newContent) : [];
            objects.Add(new ObjectChange(stays ? n.Id : o.Id, stays ? n.Component : o.Component, Kind(was, stays), fields, oldContent, newContent));
        }
        return new ReleaseChanges(Components(before, after), [.. objects.OrderBy(o => o.Component, StringComparer.Ordinal).ThenBy(o => o.Id)]);
    }

    /// <summary>Objects of blobs that the other release has not: what is in blobs of both is the same.</summary>
    private static Dictionary<ObjectId, (ObjectId Id, string Component, ReadOnlyMemory<byte> Line)> Objects(Release? release, Release? other)
    {
        var found = new Dictionary<ObjectId, (ObjectId Id, string Component, ReadOnlyMemory<byte> Line)>();
        if (release is null)
            return found;
        var known = (other?.Document.Components ?? []).SelectMany(c => c.Objects).ToHashSet(StringComparer.Ordinal);
        var blobs = release.Blobs.DistinctBy(b => b.Digest).ToDictionary(b => b.Digest, b => b.Bytes, StringComparer.Ordinal);
        foreach (var component in release.Document.Components)
        {
            foreach (var line in component.Objects.Where(d => !known.Contains(d)).SelectMany(d => Lines(blobs[d])))
            {
                var id = Parse(line).Id();
                found[id] = (id, component.Name, line);
            }
        }
        return found;
    }

    private static List<ReadOnlyMemory<byte>> Lines(ReadOnlyMemory<byte> blob)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        for (var rest = blob; rest.Length > 0;)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            lines.Add(rest[..end]);
            rest = rest[(end + 1)..];
        }
        return lines;
    }

    private static List<ComponentChange> Components(Release? before, Release? after)
    {
        var old = (before?.Document.Components ?? []).ToDictionary(c => c.Name, StringComparer.Ordinal);
        var now = (after?.Document.Components ?? []).ToDictionary(c => c.Name, StringComparer.Ordinal);
        return
        [
            .. old.Keys.Union(now.Keys).Order(StringComparer.Ordinal)
                .Select(n => (Name: n, Old: old.GetValueOrDefault(n), New: now.GetValueOrDefault(n)))
                .Where(c => c.Old is null || c.New is null || Text(c.Old) != Text(c.New))
                .Select(c => new ComponentChange(c.Name, Kind(c.Old is not null, c.New is not null), c.Old?.Version, c.New?.Version)),
        ];
    }

    /// <summary>Everything about a component counts: its rules are no objects, and yet change what happens.</summary>
    private static string Text(ReleaseComponent component) =>
        Encoding.UTF8.GetString(CanonicalJson.Write(JsonSerializer.SerializeToNode(component, ApiJson.Default.ReleaseComponent)));

    private static ChangeKind Kind(bool was, bool stays) => !was ? ChangeKind.Added : stays ? ChangeKind.Changed : ChangeKind.Removed;

    private static JsonObject Parse(ReadOnlyMemory<byte> line) => (JsonObject)JsonText.Parse(line.Span)!;
}
