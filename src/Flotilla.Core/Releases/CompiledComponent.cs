using Flotilla.Core.Applying;
using Flotilla.Core.Releases.Parameters;
using Flotilla.Core.Releases.Patching;
using Flotilla.Core.Releases.Sources;

namespace Flotilla.Core.Releases;

/// <summary>An object that is the same at each site.</summary>
internal sealed record SharedObject(ObjectId Key, byte[] Line, ManifestObject Source);

/// <summary>A component of a revision: what is the same at each site is done, the rest is prepared.</summary>
internal sealed class CompiledComponent(ComponentUse use, IReadOnlyList<string> after, ComponentParameters parameters)
{
    public ComponentUse Use => use;

    public IReadOnlyList<string> After => after;

    public ComponentParameters Parameters => parameters;

    /// <summary>Objects that are the same at each site; empty once they are in <see cref="SharedBlobs"/>.</summary>
    public List<SharedObject> Shared { get; } = [];

    public List<OpenObject> Open { get; } = [];

    /// <summary>Patches of which only a site's values tell whether they pick anything.</summary>
    public List<PatchStep> Uncertain { get; } = [];

    /// <summary>Blobs with the shared objects.</summary>
    public IReadOnlyList<ReleaseBlob> SharedBlobs { get; private set; } = [];

    /// <summary>What all sites get of it, as far as that is known without them.</summary>
    public IReadOnlyList<ObjectId> Keys { get; private set; } = [];

    /// <summary>Puts the shared objects into blobs, and lets go of the trees that they were made of.</summary>
    public void Finish()
    {
        SharedBlobs = ObjectBlobs.OfShared(Shared);
        Keys = [.. Shared.Select(o => o.Key), .. Open.Where(o => o.Key is not null).Select(o => o.Key!.Value)];
        Shared.Clear();
        Shared.TrimExcess();
    }

    /// <summary>Names of site values that its open objects take, as <c>tills</c> of <c>${site.tills}</c>.</summary>
    public IEnumerable<string> SiteNames() => Open
        .SelectMany(o => NamesIn(o).Concat(o.Patches.SelectMany(p => p.Names)))
        .Where(parameters.IsOpen)
        .SelectMany(n => parameters.Template(n).Names)
        .Select(n => n["site.".Length..]);

    private IEnumerable<string> NamesIn(OpenObject open) => open.HasTemplates
        ? PlaceholderScan.Of(open.Content, templates: true, parameters, static (_, _, _) => { }).Names
        : [];
}
