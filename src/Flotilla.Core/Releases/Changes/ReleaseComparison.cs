using System.Text;
using System.Text.Json;
using Flotilla.Api;
using Flotilla.Api.Releases;
using Flotilla.Core.Applying;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Core.Releases.Changes;

/// <summary>Compares many releases of few revisions: what they share is read, and compared, once. For one thread.</summary>
internal sealed class ReleaseComparison
{
    private readonly Dictionary<string, IReadOnlyList<ReleaseLine>> shared = new(StringComparer.Ordinal);
    private readonly Dictionary<(ReleaseLine, ReleaseLine), ObjectChange?> known = [];

    /// <summary>What a site gets when it goes from one release to another; null is no release at all.</summary>
    public ReleaseChanges Between(Release? before, Release? after)
    {
        if (before?.Digest == after?.Digest)
            return ReleaseChanges.None;
        var (old, now) = (Lines(before, after), Lines(after, before));
        var objects = new List<ObjectChange>();
        foreach (var id in old.Keys.Union(now.Keys))
        {
            var change = (old.GetValueOrDefault(id), now.GetValueOrDefault(id)) switch
            {
                ({ Line: { } gone, Component: var component }, { Line: null }) => new ObjectChange(gone.Id, component, ChangeKind.Removed, [], gone.Content, null),
                ({ Line: null }, { Line: { } come, Component: var component }) => new ObjectChange(come.Id, component, ChangeKind.Added, [], null, come.Content),
                var (was, stays) => Compare(was.Line!, stays.Line!, stays.Component),
            };
            if (change is not null)
                objects.Add(change);
        }
        return new ReleaseChanges(Components(before, after), [.. objects.OrderBy(o => o.Component, StringComparer.Ordinal).ThenBy(o => o.Id)]);
    }

    /// <summary>How many objects a release has.</summary>
    public int Count(Release release) => Blobs(release).Sum(b => Read(release, b.Digest).Count);

    private ObjectChange? Compare(ReleaseLine before, ReleaseLine after, string component)
    {
        if (known.TryGetValue((before, after), out var change))
            return change;
        if (!before.Bytes.Span.SequenceEqual(after.Bytes.Span))
            change = new ObjectChange(after.Id, component, ChangeKind.Changed, FieldDiff.Between(before.Content, after.Content), before.Content, after.Content);
        if (before.IsShared && after.IsShared)
            known[(before, after)] = change;
        return change;
    }

    /// <summary>Objects of blobs that the other release has not: what is in blobs of both is the same.</summary>
    private Dictionary<ObjectId, (ReleaseLine? Line, string Component)> Lines(Release? release, Release? other)
    {
        var found = new Dictionary<ObjectId, (ReleaseLine? Line, string Component)>();
        if (release is null)
            return found;
        var theirs = other is null ? [] : Blobs(other).Select(b => b.Digest).ToHashSet(StringComparer.Ordinal);
        foreach (var (component, digest) in Blobs(release).Where(b => !theirs.Contains(b.Digest)))
        {
            foreach (var line in Read(release, digest))
                found[line.Id] = (line, component);
        }
        return found;
    }

    private static IEnumerable<(string Component, string Digest)> Blobs(Release release) =>
        release.Document.Components.SelectMany(c => c.Objects.Select(d => (c.Name, d)));

    private IReadOnlyList<ReleaseLine> Read(Release release, string digest)
    {
        if (!release.Revision.SharedBlobs.TryGetValue(digest, out var bytes))
            return ReleaseLine.Read(release.OwnBlobs.First(b => b.Digest == digest).Bytes, isShared: false);
        if (!shared.TryGetValue(digest, out var lines))
            shared[digest] = lines = ReleaseLine.Read(bytes, isShared: true);
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
                .Select(c => new ComponentChange(
                    c.Name, c.Old is null ? ChangeKind.Added : c.New is null ? ChangeKind.Removed : ChangeKind.Changed, c.Old?.Version, c.New?.Version)),
        ];
    }

    /// <summary>Everything about a component counts: its rules are no objects, and yet change what happens.</summary>
    private static string Text(ReleaseComponent component) =>
        Encoding.UTF8.GetString(CanonicalJson.Write(JsonSerializer.SerializeToNode(component, ApiJson.Default.ReleaseComponent)));
}
