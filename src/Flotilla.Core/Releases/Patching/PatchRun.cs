using System.Text.Json.Nodes;
using Flotilla.Core.Releases.Parameters;
using Flotilla.Core.Releases.Sources;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.Core.Releases.Patching;

/// <summary>Applies patches, and says what is wrong where they do not apply.</summary>
internal static class PatchRun
{
    /// <summary>The patched object, or null; then a problem is told.</summary>
    public static JsonObject? Try(PatchStep patch, JsonObject content, ManifestObject source, Func<string, BoundValue> valueOf, ProblemList problems)
    {
        string problem;
        try
        {
            return patch.Apply(content, valueOf);
        }
        catch (ApiStatusException e)
        {
            problem = e.Message;
        }
        catch (TemplateException e)
        {
            problem = e.Message;
        }
        problems.Add(patch.Place.Stalled($"does not apply to {content.Id()} (line {source.Line} of its manifest): {problem}", "mend the patch, or narrow its target"));
        return null;
    }
}
