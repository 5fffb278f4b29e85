using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.CustomResources;

/// <summary>
/// What kube-apiserver's controllers write into the status of CRDs: which names are accepted, whether the resource is served, and
/// how far its removal is. Decides only; storing is up to the caller.
/// </summary>
internal static class DefinitionStatus
{
    /// <summary>Keeps a CRD until its objects are gone.</summary>
    public const string Finalizer = "customresourcecleanup.apiextensions.k8s.io";

    /// <summary>
    /// Brings the status of a CRD up to date, in place. To be called for a CRD that was created or changed, and for the others of
    /// its group when one changed or went, because it may have freed names.
    /// </summary>
    /// <param name="definition">The CRD.</param>
    /// <param name="all">All CRDs of the same server, this one may be among them.</param>
    /// <param name="now">Time for conditions that change.</param>
    /// <returns>Whether the status changed.</returns>
    public static bool Update(JsonObject definition, IEnumerable<JsonObject> all, DateTimeOffset now)
    {
        var changed = UpdateNames(definition, all, now);
        if (DefinitionConditions.IsTrue(definition, "NamesAccepted") && !DefinitionConditions.IsTrue(definition, "Established"))
            changed |= DefinitionConditions.Set(definition, DefinitionCondition.True("Established", "InitialNamesAccepted", "the initial names have been accepted"), now);
        if (Approval(definition) is { } approval)
            changed |= DefinitionConditions.Set(definition, approval, now);
        var structure = Structure(definition);
        changed |= structure is null
            ? DefinitionConditions.Remove(definition, "NonStructuralSchema")
            : DefinitionConditions.Set(definition, structure, now);
        return changed;
    }

    /// <summary>Whether requests for the resource are answered.</summary>
    public static bool IsServed(JsonObject definition) => DefinitionConditions.IsTrue(definition, "Established");

    /// <summary>Whether a deletion is under way; no objects can be created then.</summary>
    public static bool IsTerminating(JsonObject definition) => DefinitionConditions.IsTrue(definition, "Terminating");

    /// <summary>The first thing a DELETE does, in place; the metadata gets its deletion time from the caller.</summary>
    public static void MarkForDeletion(JsonObject definition, DateTimeOffset now)
    {
        var metadata = definition.ObjectOrNew("metadata");
        if (metadata.Array("finalizers") is not { } finalizers)
            metadata["finalizers"] = finalizers = [];
        if (!finalizers.Any(f => f.AsStringOrNull() == Finalizer))
            finalizers.Add(JsonValue.Create(Finalizer));
        DefinitionConditions.Set(definition, DefinitionCondition.True(
            "Terminating", "InstanceDeletionPending", "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon"), now);
    }

    /// <summary>Once the objects are being deleted.</summary>
    public static bool DeletionInProgress(JsonObject definition, DateTimeOffset now) => DefinitionConditions.Set(
        definition, DefinitionCondition.True("Terminating", "InstanceDeletionInProgress", "CustomResource deletion is in progress"), now);

    /// <summary>Once no objects are left: the finalizer goes, and with it (when it was the last) the CRD.</summary>
    public static void DeletionCompleted(JsonObject definition, DateTimeOffset now)
    {
        DefinitionConditions.Set(definition, IsServed(definition)
            ? DefinitionCondition.False("Terminating", "InstanceDeletionCompleted", "removed all instances")
            : DefinitionCondition.False("Terminating", "NeverEstablished", "resource was never established"), now);
        var metadata = definition.ObjectOrNew("metadata");
        if (metadata.Array("finalizers") is not { } finalizers)
            return;
        if (finalizers.FirstOrDefault(f => f.AsStringOrNull() == Finalizer) is { } ours)
            finalizers.Remove(ours);
        if (finalizers.Count == 0)
            metadata.Remove("finalizers");
    }

    private static bool UpdateNames(JsonObject definition, IEnumerable<JsonObject> all, DateTimeOffset now)
    {
        var requested = definition.Object("spec").Object("names") ?? [];
        var accepted = definition.Object("status").Object("acceptedNames") ?? [];
        if (JsonNodeExtensions.DeepEquals(requested, accepted))
            return false;
        var names = new NameAcceptance(requested, accepted, definition, all);
        var (result, condition) = names.Decide();
        var existing = DefinitionConditions.Find(definition, "NamesAccepted");
        var same = JsonNodeExtensions.DeepEquals(result, accepted) && existing is not null
            && existing.String("status") == condition.Status && existing.String("reason") == condition.Reason && existing.String("message") == condition.Message;
        if (same)
            return false;
        definition.ObjectOrNew("status")["acceptedNames"] = result;
        DefinitionConditions.Set(definition, condition, now);
        if (DefinitionConditions.IsTrue(definition, "Established"))
            return true;
        if (condition.Status == "True")
            DefinitionConditions.Set(definition, DefinitionCondition.False("Established", "Installing", "the initial names have been accepted"), now);
        else if (DefinitionConditions.Find(definition, "Established") is null)
            DefinitionConditions.Set(definition, DefinitionCondition.False("Established", "NotAccepted", "not all names are accepted"), now);
        return true;
    }

    private static DefinitionCondition? Approval(JsonObject definition)
    {
        if (!ApiApproval.IsProtected(definition.Object("spec").String("group") ?? ""))
            return null;
        const string Type = "KubernetesAPIApprovalPolicyConformant";
        var (state, reason) = ApiApproval.Of(definition);
        return state switch
        {
            ApiApproval.State.Missing => DefinitionCondition.False(Type, "MissingAnnotation", reason),
            ApiApproval.State.Approved => DefinitionCondition.True(Type, "ApprovedAnnotation", reason),
            ApiApproval.State.Bypassed => DefinitionCondition.False(Type, "UnapprovedAnnotation", reason),
            _ => DefinitionCondition.False(Type, "InvalidAnnotation", reason),
        };
    }

    /// <summary>Only definitions from before structural schemas were demanded have problems here.</summary>
    private static DefinitionCondition? Structure(JsonObject definition)
    {
        if (definition.Object("spec").Member("preserveUnknownFields").AsBoolOrNull() != true)
            return null;
        List<FieldError> errors = [FieldError.Invalid("spec.preserveUnknownFields", true, "must be false")];
        var spec = new DefinitionSpec(definition.Object("spec")!);
        foreach (var version in spec.Versions.Where(v => v.Schema is not null))
            errors.AddRange(StructuralRules.Validate(version.Schema!, version.Path["schema"]["openAPIV3Schema"]));
        var texts = errors.Select(e => e.ToString()).Distinct().ToList();
        return DefinitionCondition.True("NonStructuralSchema", "Violations", texts.Count == 1 ? texts[0] : $"[{string.Join(", ", texts)}]");
    }
}
