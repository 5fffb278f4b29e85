using System.Globalization;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds;

/// <summary>What holds for <c>metadata</c> of every object.</summary>
internal static class ObjectMetaRules
{
    private const string OrphanFinalizer = "orphan";
    private const string ForegroundFinalizer = "foregroundDeletion";
    private const int LongestManager = 128;
    private const int LongestSubresource = 256;

    private static readonly string[] ImmutableFields =
        ["name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"];

    /// <summary>Restores what no update may change, as an update without these fields (or with other times) means no harm.</summary>
    public static void PrepareForUpdate(JsonObject metadata, JsonObject old)
    {
        Restore(metadata, old, "generation");
        if (string.IsNullOrEmpty(metadata.String("uid")))
            Restore(metadata, old, "uid");
        if (old.ContainsKey("creationTimestamp"))
            Restore(metadata, old, "creationTimestamp");
        if (old.ContainsKey("deletionTimestamp"))
            Restore(metadata, old, "deletionTimestamp");
        if (old.ContainsKey("deletionGracePeriodSeconds") && !metadata.ContainsKey("deletionGracePeriodSeconds"))
            Restore(metadata, old, "deletionGracePeriodSeconds");
    }

    /// <summary>All problems of metadata, after a name was generated.</summary>
    /// <param name="problems">Gets them.</param>
    /// <param name="metadata">The object's metadata.</param>
    /// <param name="namespaced">Whether objects of the kind live in namespaces.</param>
    /// <param name="nameProblems">The kind's rule for names (the flag: it is a prefix).</param>
    public static void Validate(FieldProblems problems, JsonObject? metadata, bool namespaced, Func<string, bool, IEnumerable<string>> nameProblems)
    {
        var path = FieldPath.Metadata;
        if (metadata.String("generateName") is { Length: > 0 } prefix)
            problems.Invalid(path["generateName"], prefix, nameProblems(prefix, true));
        if (metadata.String("name") is { Length: > 0 } name)
            problems.Invalid(path["name"], name, nameProblems(name, false));
        else
            problems.Required(path["name"], "name or generateName is required");

        var ns = metadata.String("namespace") ?? "";
        if (namespaced && ns.Length == 0)
            problems.Required(path["namespace"]);
        else if (namespaced)
            problems.Invalid(path["namespace"], ns, Names.DnsLabelProblems(ns));
        else if (ns.Length > 0)
            problems.Forbidden(path["namespace"], "not allowed on this type");

        problems.NotNegative(path["generation"], metadata.Member("generation"));
        LabelRules.Labels(problems, path["labels"], metadata.Object("labels"));
        LabelRules.Annotations(problems, path["annotations"], metadata.Object("annotations"));
        Owners(problems, path["ownerReferences"], metadata.Array("ownerReferences"));
        Finalizers(problems, path["finalizers"], metadata.Array("finalizers"));
        ManagedFields(problems, path["managedFields"], metadata.Array("managedFields"));
    }

    /// <summary>All problems of a change of metadata.</summary>
    public static void ValidateUpdate(FieldProblems problems, JsonObject? metadata, JsonObject? old)
    {
        var path = FieldPath.Metadata;
        if (old.Member("deletionTimestamp") is not null)
            NoNewFinalizers(problems, path["finalizers"], metadata, old);
        if (string.IsNullOrEmpty(metadata.String("resourceVersion")))
            problems.Invalid(path["resourceVersion"], "", "must be specified for an update");
        if ((metadata.Member("generation").AsInt64OrNull() ?? 0) < (old.Member("generation").AsInt64OrNull() ?? 0))
            problems.Invalid(path["generation"], metadata.Member("generation").AsInt64OrNull() ?? 0, "must not be decremented");
        foreach (var field in ImmutableFields)
            problems.Unchanged(path[field], metadata.Member(field), old.Member(field));
        LabelRules.Labels(problems, path["labels"], metadata.Object("labels"));
        LabelRules.Annotations(problems, path["annotations"], metadata.Object("annotations"));
        Owners(problems, path["ownerReferences"], metadata.Array("ownerReferences"));
        ManagedFields(problems, path["managedFields"], metadata.Array("managedFields"));
    }

    private static void Restore(JsonObject metadata, JsonObject old, string field)
    {
        if (old.Member(field) is { } value)
            metadata[field] = value.DeepClone();
        else
            metadata.Remove(field);
    }

    private static void NoNewFinalizers(FieldProblems problems, FieldPath path, JsonObject? metadata, JsonObject? old)
    {
        var known = (old.Array("finalizers") ?? []).Select(f => f.AsStringOrNull()).ToHashSet();
        var added = (metadata.Array("finalizers") ?? []).Select(f => f.AsStringOrNull() ?? "").Where(f => !known.Contains(f)).Distinct().Order(StringComparer.Ordinal).ToList();
        if (added.Count > 0)
            problems.Forbidden(path, "no new finalizers can be added if the object is being deleted, found new finalizers " +
                $"[]string{{{string.Join(", ", added.Select(Flotilla.Kubernetes.Errors.FieldError.Quote))}}}");
    }

    private static void Owners(FieldProblems problems, FieldPath path, JsonArray? owners)
    {
        string? controller = null;
        foreach (var owner in owners ?? [])
        {
            var (apiVersion, kind, name) = (owner.String("apiVersion") ?? "", owner.String("kind") ?? "", owner.String("name") ?? "");
            if (apiVersion.Length == 0 || apiVersion.EndsWith('/'))
                problems.Invalid(path["apiVersion"], apiVersion, "version must not be empty");
            if (kind.Length == 0)
                problems.Invalid(path["kind"], kind, "must not be empty");
            if (name.Length == 0)
                problems.Invalid(path["name"], name, "must not be empty");
            if (string.IsNullOrEmpty(owner.String("uid")))
                problems.Invalid(path["uid"], "", "must not be empty");
            if (apiVersion == "v1" && kind == "Event")
                problems.Invalid(path, owner, "/v1, Kind=Event is disallowed from being an owner");
            if (owner.Member("controller").AsBoolOrNull() != true)
                continue;
            if (controller is not null)
                problems.Invalid(path, owners, $"Only one reference can have Controller set to true. Found \"true\" in references for {controller} and {kind}/{name}");
            else
                controller = $"{kind}/{name}";
        }
    }

    private static void Finalizers(FieldProblems problems, FieldPath path, JsonArray? finalizers)
    {
        var (orphan, foreground) = (false, false);
        foreach (var finalizer in finalizers ?? [])
        {
            var name = finalizer.AsStringOrNull() ?? "";
            problems.Invalid(path, name, Names.QualifiedNameProblems(name));
            orphan |= name == OrphanFinalizer;
            foreground |= name == ForegroundFinalizer;
        }
        if (orphan && foreground)
            problems.Invalid(path, finalizers, $"finalizer {OrphanFinalizer} and {ForegroundFinalizer} cannot be both set");
    }

    private static void ManagedFields(FieldProblems problems, FieldPath path, JsonArray? entries)
    {
        for (var i = 0; i < (entries?.Count ?? 0); i++)
        {
            var entry = entries![i];
            if (entry.String("operation") is not ("Apply" or "Update"))
                problems.Invalid(path[i]["operation"], entry.String("operation") ?? "", "must be `Apply` or `Update`");
            if (entry.String("fieldsType") is { Length: > 0 } type and not "FieldsV1")
                problems.Invalid(path[i]["fieldsType"], type, "must be `FieldsV1`");
            Manager(problems, path[i]["manager"], entry.String("manager") ?? "");
            if (System.Text.Encoding.UTF8.GetByteCount(entry.String("subresource") ?? "") > LongestSubresource)
                problems.TooLong(path[i]["subresource"], LongestSubresource);
        }
    }

    private static void Manager(FieldProblems problems, FieldPath path, string manager)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(manager) > LongestManager)
            problems.TooLong(path, LongestManager);
        var position = 0;
        foreach (var rune in manager.EnumerateRunes())
        {
            if (!IsPrintable(rune))
                problems.Invalid(path, manager, string.Create(CultureInfo.InvariantCulture, $"invalid character U+{rune.Value:X4} (at position {position})"));
            position += rune.Utf8SequenceLength;
        }
    }

    private static bool IsPrintable(System.Text.Rune rune) => rune.Value == ' ' || System.Text.Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
