using System.Text.Json.Nodes;
using Flotilla.Core.Applying;
using Flotilla.Core.Releases.Parameters;
using Flotilla.Core.Releases.Patching;
using Flotilla.Core.Releases.Sources;

namespace Flotilla.Core.Releases;

/// <summary>An object that is another one at each site, done as far as it is the same everywhere.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Content">The object so far; not to be changed.</param>
/// <param name="HasTemplates">Whether placeholders are to be replaced in it.</param>
/// <param name="Patches">Patches that are left, as far as they pick it.</param>
/// <param name="Key">Its key, where that is the same at each site.</param>
internal sealed record OpenObject(ManifestObject Source, JsonObject Content, bool HasTemplates, IReadOnlyList<PatchStep> Patches, ObjectId? Key)
{
    /// <summary>The object with a site's values.</summary>
    /// <param name="valueOf">Values of the component's parameters.</param>
    /// <param name="applied">Gets the patches that picked it.</param>
    /// <param name="problems">Told what is wrong; the result is then null, as it is when a patch removes the object.</param>
    public JsonObject? Render(Func<string, BoundValue> valueOf, HashSet<PatchStep> applied, ProblemList problems)
    {
        JsonObject content;
        try
        {
            content = HasTemplates ? (JsonObject)TreeTemplate.Fill(Content, valueOf, TreeTemplate.SchemaOf(Content))! : (JsonObject)Content.DeepClone();
        }
        catch (TemplateException e)
        {
            problems.Add(Source.Problem("", e.Message, "mend the placeholder, or the value that takes its place"));
            return null;
        }
        foreach (var patch in Patches)
        {
            if (!patch.Target.Matches(content))
                continue;
            applied.Add(patch);
            if (patch.Removes)
                return null;
            if (PatchRun.Try(patch, content, Source, valueOf, problems) is not { } patched)
                return null;
            content = patched;
        }
        return content;
    }
}
