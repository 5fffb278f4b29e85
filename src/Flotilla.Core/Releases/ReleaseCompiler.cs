using System.Text.Json;
using Flotilla.Api;
using Flotilla.Api.Releases;
using Flotilla.Core.Applying;
using Flotilla.Core.Releases.Patching;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Core.Releases;

/// <summary>A release, or why there is none.</summary>
/// <param name="Release">The release; null when there are problems.</param>
/// <param name="Problems">All of them.</param>
public sealed record ReleaseOutcome(Release? Release, IReadOnlyList<CompileProblem> Problems);

/// <summary>Compiles a revision to the release of a site. Depends on its arguments only, and costs only the objects that take something from sites.</summary>
public static class ReleaseCompiler
{
    /// <summary>Compiles.</summary>
    public static ReleaseOutcome Compile(Revision revision, SiteInputs site)
    {
        var problems = new ProblemList();
        var keys = new Dictionary<ObjectId, string>();
        var own = new List<ReleaseBlob>();
        var layers = new List<ReleaseBlob>();
        var components = new List<ReleaseComponent>(revision.Parts.Count);
        foreach (var part in revision.Parts)
        {
            var values = new SiteValues(part, site, problems);
            var lines = Render(revision, part, values, keys, site, problems);
            var blobs = part.SharedBlobs.ToList();
            if (lines.Count > 0)
            {
                own.Add(ObjectBlobs.Of(lines));
                blobs.Add(own[^1]);
            }
            layers.AddRange(blobs);
            components.Add(Describe(part, blobs, values));
        }
        if (problems.Any)
            return new ReleaseOutcome(null, problems.ToSorted());
        var document = new ReleaseDocument { Revision = revision.Digest, Components = components, Prune = revision.Prune };
        var config = ReleaseBlob.Of(CanonicalJson.Write(JsonSerializer.SerializeToNode(document, ApiJson.Default.ReleaseDocument)));
        var manifest = ReleaseManifest.Write(config, layers);
        return new ReleaseOutcome(new Release(ContentDigest.Of(manifest), revision.InputsOf(site), revision, document, manifest, config, own), []);
    }

    private static List<byte[]> Render(
        Revision revision, CompiledComponent part, SiteValues values, Dictionary<ObjectId, string> keys, SiteInputs site, ProblemList problems)
    {
        var lines = new List<(ObjectId Key, byte[] Line)>(part.Open.Count);
        var applied = new HashSet<PatchStep>();
        foreach (var open in part.Open)
        {
            if (open.Render(values.Of, applied, problems) is not { } content)
                continue;
            foreach (var field in SealedPlaces.Wrong(content))
                problems.Add(open.Source.Problem(field, $"holds a sealed value of site {site.Name}", "use sealed values only in data and stringData of a Secret"));
            if (ObjectFinish.Line(content, open.Source, part.Use.Name, revision.Scopes, problems) is not { } line)
                continue;
            var key = content.Id();
            if (open.Key is null && ((revision.SharedKeys.TryGetValue(key, out var other) || keys.TryGetValue(key, out other))))
                problems.Add(Duplicates.Problem(key, open.Source, part.Use.Name, other, null));
            keys.TryAdd(key, part.Use.Name);
            lines.Add((key, line));
        }
        foreach (var patch in part.Uncertain.Where(p => !applied.Contains(p)))
            problems.Add(patch.Place.At("target").Stalled($"picks no object of {part.Use} at site {site.Name}", "mend the target, or the value that it depends on"));
        return [.. lines.OrderBy(l => l.Key).Select(l => l.Line)];
    }

    private static ReleaseComponent Describe(CompiledComponent part, IEnumerable<ReleaseBlob> blobs, SiteValues values)
    {
        var version = part.Use.Version;
        return new ReleaseComponent
        {
            Name = part.Use.Name,
            Version = version.Version,
            Role = part.Use.Role,
            After = part.After,
            Objects = [.. blobs.Select(b => b.Digest)],
            Health = version.Health,
            Protect = RevisionInputs.Sorted(version.Protect, ApiJson.Default.ObjectTarget),
            Replace = RevisionInputs.Sorted(version.Replace, ApiJson.Default.ObjectTarget),
            IgnoreFields = RevisionInputs.Sorted(version.IgnoreFields, ApiJson.Default.IgnoredFields),
            Adopt = part.Use.Use.Adopt,
            Sealed = [.. values.Sealed],
        };
    }
}
