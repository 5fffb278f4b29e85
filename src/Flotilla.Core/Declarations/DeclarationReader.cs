using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Api;

namespace Flotilla.Core.Declarations;

/// <summary>Reads and checks declarations: everything that can be known before anybody is asked, and all of it at once.</summary>
public static class DeclarationReader
{
    /// <summary>Reads files. Objects of other kinds pass as they are.</summary>
    /// <param name="files">The files, in the order in which their objects are applied.</param>
    /// <param name="context">What they are read against.</param>
    public static DeclarationSet Read(IEnumerable<DeclarationFile> files, DeclarationContext context)
    {
        var problems = new List<Problem>();
        var all = DocumentReader.Read(files, context.Namespace, problems);
        var uploads = new SourceUploads(context, problems);
        foreach (var component in all.Where(declared => declared is { IsOurs: true, Kind: "Component" }))
            uploads.Replace(component);
        var sound = new List<SoundObject>();
        foreach (var declared in all.Where(declared => declared.IsOurs))
        {
            if (SchemaChecks.Check(declared, problems) is { } decoded)
            {
                sound.Add(new SoundObject(declared, decoded));
                problems.AddRange(CheckAlone(declared, decoded, context));
            }
        }
        // Names of unsound objects count, so that one mistake is not told twice.
        var index = new ObjectIndex(context.Known, all);
        new FleetChecks(index, problems).Check([.. sound.Where(one => one.Declared.Kind == "Fleet").Select(one => one.Declared)]);
        new RolloutChecks(index, problems).Check(sound);
        if (context.Rights is { } rights)
            new ApproverChecks(index, rights, all, problems).Check(sound);
        new CompileChecks(index, sound, digest => uploads.Uploads.TryGetValue(digest, out var bytes) ? bytes : context.Content(digest), problems).Check();
        return new DeclarationSet([.. all.Select(declared => declared.Object)], uploads.Uploads, Sorted(problems));
    }

    private static IEnumerable<Problem> CheckAlone(Declared declared, JsonObject decoded, DeclarationContext context) => declared.Kind switch
    {
        "Site" => SiteChecks.Check(declared, decoded.Deserialize(ApiJson.Default.Site)!),
        "Fleet" => StrategyChecks.Check(declared, "spec.rollout", decoded.Deserialize(ApiJson.Default.Fleet)!.Spec.Rollout, context.Today),
        "RolloutStrategy" => StrategyChecks.Check(declared, "spec", decoded.Deserialize(ApiJson.Default.RolloutStrategy)!.Spec, context.Today),
        "MaintenanceWindow" => WindowChecks.Check(declared, decoded.Deserialize(ApiJson.Default.MaintenanceWindow)!, context.Today),
        "Component" => ComponentChecks.Check(declared, decoded.Deserialize(ApiJson.Default.Component)!, context.Today),
        _ => [],
    };

    private static IReadOnlyList<Problem> Sorted(List<Problem> problems) =>
    [
        .. problems.Distinct().OrderBy(p => p.File, StringComparer.Ordinal).ThenBy(p => p.Line).ThenBy(p => p.Object, StringComparer.Ordinal)
            .ThenBy(p => p.Field, StringComparer.Ordinal).ThenBy(p => p.Message, StringComparer.Ordinal),
    ];
}
