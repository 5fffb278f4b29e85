using System.Text.Json.Nodes;
using Flotilla.Core.Releases.Parameters;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Patches;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Core.Releases.Patching;

/// <summary>One patch of a component version.</summary>
internal sealed class PatchStep(Place place, ObjectTargetMatch target, PatchForm form, JsonNode patch, PlaceholderScan scan, bool isOpen)
{
    public Place Place => place;

    public ObjectTargetMatch Target => target;

    /// <summary>Whether it is another patch at each site.</summary>
    public bool IsOpen => isOpen;

    /// <summary>Parameters that it uses.</summary>
    public IReadOnlySet<string> Names => scan.Names;

    /// <summary>Whether it can be tried with placeholders still in it: a test could only fail then.</summary>
    public bool CanBeTried => form != PatchForm.Json || patch is not JsonArray list || !list.Any(o => o.String("op") == "test");

    /// <summary>Whether it takes objects away as a whole: <c>strategic: {$patch: delete}</c>.</summary>
    public bool Removes => form == PatchForm.Strategic && patch is JsonObject { Count: 1 } && patch.String("$patch") == "delete";

    /// <summary>The object with the patch applied; the argument is not changed.</summary>
    /// <exception cref="ApiStatusException">It does not apply.</exception>
    /// <exception cref="TemplateException">A placeholder cannot be replaced, or the result is no object.</exception>
    public JsonObject Apply(JsonObject content, Func<string, BoundValue>? valueOf)
    {
        var change = scan.HasTemplates && valueOf is not null ? TreeTemplate.Fill(patch, valueOf, form == PatchForm.Json ? null : TreeTemplate.SchemaOf(content)) : patch;
        if (form == PatchForm.Json)
            return JsonPatch.Apply(content, change) as JsonObject ?? throw new TemplateException("the patch leaves no object");
        if (form == PatchForm.Strategic && change is JsonObject map
            && BuiltInTypes.Instance.Kind(content.String("apiVersion") ?? "", content.String("kind") ?? "") is { } schema)
            return StrategicMergePatch.Apply(content, map, schema);
        return MergePatch.Apply(content, change);
    }
}

/// <summary>How a patch is written.</summary>
internal enum PatchForm
{
    Strategic,
    Merge,
    Json,
}
