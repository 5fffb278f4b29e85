using System.Text.Json.Nodes;
using Flotilla.Api.Components;
using Flotilla.Core.Releases.Parameters;
using Flotilla.Kubernetes.Selectors;

namespace Flotilla.Core.Releases.Patching;

/// <summary>Reads the patches of a component version.</summary>
internal static class PatchReader
{
    public static List<PatchStep> Read(ComponentUse use, ComponentParameters parameters, ProblemList problems)
    {
        var steps = new List<PatchStep>();
        for (var i = 0; i < use.Version.Patches.Count; i++)
        {
            if (Read(use.Version.Patches[i], use.VersionPlace.At($"patches[{i}]"), parameters, problems) is { } step)
                steps.Add(step);
        }
        return steps;
    }

    private static PatchStep? Read(ObjectPatch patch, Place place, ComponentParameters parameters, ProblemList problems)
    {
        (PatchForm Form, JsonNode? Body)[] forms = [(PatchForm.Strategic, patch.Strategic), (PatchForm.Merge, patch.Merge), (PatchForm.Json, patch.Json)];
        if (forms.Where(f => f.Body is not null).ToList() is not [var (form, body)])
        {
            problems.Add(place.Stalled("exactly one of strategic, merge and json must be set", "remove the others, or add one"));
            return null;
        }
        var bodyPlace = place.At(form switch { PatchForm.Strategic => "strategic", PatchForm.Merge => "merge", _ => "json" });
        if (form == PatchForm.Json ? body is not JsonArray : body is not JsonObject)
        {
            problems.Add(bodyPlace.Stalled(form == PatchForm.Json ? "a JSON patch is a list of operations" : "a merge patch is an object", "mend the patch"));
            return null;
        }
        var before = problems.Count;
        var scan = PlaceholderScan.Of(body, templates: true, parameters, (field, message, remedy) => problems.Add(bodyPlace.At(field).Stalled(message, remedy)));
        // An unknown placeholder is told; tried with it, the patch would only be told again.
        if (problems.Count > before)
            return null;
        try
        {
            return new PatchStep(place, new ObjectTargetMatch(patch.Target), form, body!, scan, scan.Names.Any(parameters.IsOpen));
        }
        catch (SelectorException e)
        {
            problems.Add(place.At("target.labelSelector").Stalled(e.Message, "write it as kubectl's -l takes it"));
            return null;
        }
    }
}
