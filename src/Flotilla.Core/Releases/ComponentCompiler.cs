using System.Text.Json.Nodes;
using Flotilla.Core.Releases.Parameters;
using Flotilla.Core.Releases.Patching;
using Flotilla.Core.Releases.Sources;

namespace Flotilla.Core.Releases;

/// <summary>
/// Compiles one component as far as all sites agree: objects that take no site parameter to the end, others up to the first step that needs
/// one. What is left is tried with the placeholders still in it, so that most mistakes show before any site is looked at.
/// </summary>
internal sealed class ComponentCompiler(CompiledComponent component, IReadOnlyList<PatchStep> patches, KindScopes scopes, ProblemList problems)
{
    private readonly HashSet<PatchStep> certain = [];
    private readonly HashSet<PatchStep> possible = [];

    public static void Compile(CompiledComponent component, IReadOnlyList<ManifestObject> objects, IReadOnlyList<PatchStep> patches, KindScopes scopes, ProblemList problems)
    {
        var compiler = new ComponentCompiler(component, patches, scopes, problems);
        foreach (var found in objects)
            compiler.Compile(found);
        foreach (var patch in patches.Where(p => !compiler.certain.Contains(p)))
        {
            if (compiler.possible.Contains(patch))
                component.Uncertain.Add(patch);
            else
                problems.Add(patch.Place.At("target").Stalled($"picks none of the {objects.Count} objects of {component.Use}", "mend the target, or remove the patch"));
        }
    }

    private void Compile(ManifestObject source)
    {
        scopes.Settle(source.Content);
        var sound = true;
        var scan = PlaceholderScan.Of(source.Content, component.Use.Substitute, component.Parameters, (field, message, remedy) =>
        {
            sound = false;
            problems.Add(source.Problem(field, message, remedy));
        });
        if (!sound)
        {
            // It would only be told again; what it might have been picked by is not known.
            possible.UnionWith(patches);
            return;
        }
        var isOpen = scan.Names.Any(component.Parameters.IsOpen);
        var content = source.Content;
        if (scan.HasTemplates && !isOpen && (content = Fill(source)) is null)
            return;
        var done = 0;
        while (!isOpen && done < patches.Count)
        {
            var patch = patches[done];
            if (patch.Target.Matches(content))
            {
                certain.Add(patch);
                if (patch.Removes)
                    return;
                isOpen = patch.IsOpen;
                if (isOpen)
                    break;
                if (PatchRun.Try(patch, content, source, component.Parameters.Constant, problems) is not { } patched)
                    return;
                content = patched;
            }
            done++;
        }
        if (isOpen)
            Prepare(source, content, scan.HasTemplates && scan.Names.Any(component.Parameters.IsOpen), [.. patches.Skip(done)]);
        else if (ObjectFinish.Line(content, source, component.Use.Name, scopes, problems) is { } line)
            component.Shared.Add(new SharedObject(content.Id(), line, source));
    }

    private void Prepare(ManifestObject source, JsonObject content, bool hasTemplates, IReadOnlyList<PatchStep> left)
    {
        var trial = hasTemplates ? (JsonObject)TreeTemplate.Fill(content, Unfilled, TreeTemplate.SchemaOf(content))! : (JsonObject)content.DeepClone();
        var picking = new List<PatchStep>();
        foreach (var patch in left)
        {
            if (!patch.Target.Matches(trial, IsUnfilled))
                continue;
            picking.Add(patch);
            var isCertain = patch.Target.Matches(trial);
            (isCertain ? certain : possible).Add(patch);
            if (patch.Removes && isCertain)
                return;
            if (patch.Removes || !patch.CanBeTried)
                continue;
            if (PatchRun.Try(patch, trial, source, Unfilled, problems) is not { } patched)
                return;
            trial = patched;
        }
        if (ObjectFinish.Line(trial, source, component.Use.Name, scopes, problems) is null)
            return;
        var key = trial.Id();
        component.Open.Add(new OpenObject(source, content, hasTemplates, picking, IsUnfilled(key.ToString()) ? null : key));
    }

    private JsonObject? Fill(ManifestObject source)
    {
        try
        {
            return (JsonObject)TreeTemplate.Fill(source.Content, component.Parameters.Constant, TreeTemplate.SchemaOf(source.Content))!;
        }
        catch (TemplateException e)
        {
            problems.Add(source.Problem("", e.Message, "mend the placeholder, or the value that takes its place"));
            return null;
        }
    }

    /// <summary>Values where they are the same everywhere, and the placeholder itself where they are not.</summary>
    private BoundValue Unfilled(string name) =>
        component.Parameters.IsOpen(name) ? new BoundValue($"${{{name}}}", JsonValue.Create($"${{{name}}}"), []) : component.Parameters.Constant(name);

    private static bool IsUnfilled(string text) => text.Contains("${", StringComparison.Ordinal);
}
