using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds;

/// <summary>
/// Everything that is checked before an object is stored: its metadata and what its kind says. kube-apiserver checks some things
/// twice (once for all kinds, again in the kind's code) and clients see the causes twice; so do ours.
/// </summary>
internal static class ObjectValidation
{
    /// <summary>Problems of a new object, after <see cref="KindRules.PrepareForCreate"/>.</summary>
    public static IReadOnlyList<FieldError> Create(KindRules rules, JsonObject obj, bool namespaced)
    {
        var problems = new FieldProblems();
        Metadata(problems, rules, rules.MetadataChecksOnCreate, obj, null, namespaced);
        problems.AddRange(rules.Validate(obj));
        problems.AddRange(rules.ValidateCreate(obj));
        if (problems.Count == 0)
            ObjectMetaRules.Validate(problems, obj.Object("metadata"), namespaced, Names.PathSegmentProblems);
        return [.. problems];
    }

    /// <summary>Problems of a changed object, after <see cref="ObjectMetaRules.PrepareForUpdate"/> and <see cref="KindRules.PrepareForUpdate"/>.</summary>
    public static IReadOnlyList<FieldError> Update(KindRules rules, JsonObject obj, JsonObject old, bool namespaced)
    {
        var problems = Change(obj, old, namespaced);
        Metadata(problems, rules, rules.MetadataChecksOnUpdate, obj, old, namespaced);
        if (rules.ValidatesWholeOnUpdate)
            problems.AddRange(rules.Validate(obj));
        problems.AddRange(rules.ValidateUpdate(obj, old));
        return [.. problems];
    }

    /// <summary>Problems of a write to <c>/status</c>, after <see cref="KindRules.PrepareForStatusUpdate"/>.</summary>
    public static IReadOnlyList<FieldError> StatusUpdate(KindRules rules, JsonObject obj, JsonObject old, bool namespaced)
    {
        var problems = Change(obj, old, namespaced);
        Metadata(problems, rules, rules.MetadataChecksOnStatusUpdate, obj, old, namespaced);
        problems.AddRange(rules.ValidateStatusUpdate(obj, old));
        return [.. problems];
    }

    /// <summary>Problems of a write to another subresource, after <see cref="KindRules.PrepareForSubresource"/>.</summary>
    public static IReadOnlyList<FieldError> SubresourceUpdate(KindRules rules, string subresource, JsonObject obj, JsonObject old, bool namespaced)
    {
        var problems = Change(obj, old, namespaced);
        Metadata(problems, rules, MetadataChecks.Change, obj, old, namespaced);
        problems.AddRange(rules.ValidateSubresource(subresource, obj, old));
        return [.. problems];
    }

    private static FieldProblems Change(JsonObject obj, JsonObject old, bool namespaced)
    {
        var problems = new FieldProblems();
        ObjectMetaRules.Validate(problems, obj.Object("metadata"), namespaced, Names.PathSegmentProblems);
        ObjectMetaRules.ValidateUpdate(problems, obj.Object("metadata"), old.Object("metadata"));
        return problems;
    }

    private static void Metadata(FieldProblems problems, KindRules rules, MetadataChecks checks, JsonObject obj, JsonObject? old, bool namespaced)
    {
        if (checks.HasFlag(MetadataChecks.Change))
            ObjectMetaRules.ValidateUpdate(problems, obj.Object("metadata"), old.Object("metadata"));
        if (checks.HasFlag(MetadataChecks.Whole))
            ObjectMetaRules.Validate(problems, obj.Object("metadata"), namespaced, rules.NameProblems);
        if (checks.HasFlag(MetadataChecks.WholeAgain))
            ObjectMetaRules.Validate(problems, obj.Object("metadata"), namespaced, rules.NameProblems);
    }
}
