using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.CustomResources;

/// <summary>The rules for CustomResourceDefinitions themselves.</summary>
internal sealed class CustomResourceDefinitionRules : KindRules
{
    public override bool HasStatus => true;

    public override bool HasGeneration => true;

    public override bool AllowUnconditionalUpdate => false;

    public override bool ValidatesWholeOnUpdate => false;

    public override void Default(JsonObject obj)
    {
        if (obj.Object("spec") is not { } spec)
            return;
        if (spec.Object("names") is { } names)
        {
            var kind = names.String("kind") ?? "";
            if (string.IsNullOrEmpty(names.String("singular")) && kind.Length > 0)
                names["singular"] = kind.ToLowerInvariant();
            if (string.IsNullOrEmpty(names.String("listKind")) && kind.Length > 0)
                names["listKind"] = kind + "List";
        }
        if (spec["conversion"] is null)
            spec["conversion"] = new JsonObject { ["strategy"] = "None" };
        if (spec.Object("conversion").Object("webhook").Object("clientConfig").Object("service") is { } service && service["port"] is null)
            service["port"] = 443L;
        if (obj.Object("status") is { } status && status.Array("storedVersions") is null or { Count: 0 })
            NoteStorageVersion(obj);
    }

    public override void PrepareForCreate(JsonObject obj)
    {
        obj["status"] = new JsonObject
        {
            ["conditions"] = null,
            ["acceptedNames"] = new JsonObject { ["plural"] = "", ["kind"] = "" },
            ["storedVersions"] = new JsonArray(),
        };
        NoteStorageVersion(obj);
    }

    public override void PrepareForUpdate(JsonObject obj, JsonObject old)
    {
        if (old["status"] is { } status)
            obj["status"] = status.DeepClone();
        NoteStorageVersion(obj);
    }

    public override void PrepareForStatusUpdate(JsonObject obj, JsonObject old) => obj["spec"] = old["spec"]?.DeepClone();

    public override IEnumerable<FieldError> Validate(JsonObject obj)
    {
        var problems = new FieldProblems();
        var spec = new DefinitionSpec(obj.Object("spec") ?? []);
        var name = obj.Object("metadata").String("name") ?? "";
        if (name != $"{spec.Names.String("plural")}.{spec.Group}")
            problems.Invalid(FieldPath.Metadata["name"], name, "must be spec.names.plural+\".\"+spec.group");
        problems.AddRange(DefinitionRules.Validate(spec, SchemaLeniency.Strict));
        Status(problems, obj, spec);
        problems.AddRange(ApiApproval.Validate(obj, null));
        if (spec.PreservesUnknownFields)
            PreserveUnknownFields(problems);
        return problems;
    }

    public override IEnumerable<FieldError> ValidateUpdate(JsonObject obj, JsonObject old)
    {
        var problems = new FieldProblems();
        var spec = new DefinitionSpec(obj.Object("spec") ?? []);
        // What did not change was judged when it came, and would be spared now.
        if (!JsonNodeExtensions.DeepEquals(obj["spec"], old["spec"]))
        {
            var before = new DefinitionSpec(old.Object("spec") ?? []);
            problems.AddRange(DefinitionRules.Validate(spec, Leniency(before), before));
            Immutable(problems, spec, before, DefinitionConditions.IsTrue(old, "Established"));
            if (spec.PreservesUnknownFields && !before.PreservesUnknownFields)
                PreserveUnknownFields(problems);
        }
        Status(problems, obj, spec);
        problems.AddRange(ApiApproval.Validate(obj, old));
        return problems;
    }

    public override IEnumerable<FieldError> ValidateStatusUpdate(JsonObject obj, JsonObject old)
    {
        var problems = new FieldProblems();
        DefinitionParts.Names(problems, FieldPath.Status["acceptedNames"], obj.Object("status").Object("acceptedNames"));
        return problems;
    }

    public override IEnumerable<string> Warnings(JsonObject obj, JsonObject? old)
    {
        var known = old is null ? [] : UnknownFormats(old).ToHashSet(StringComparer.Ordinal);
        return [.. UnknownFormats(obj).Where(format => !known.Contains(format)).Distinct(StringComparer.Ordinal).Select(format => $"unrecognized format {FieldError.Quote(format)}")];
    }

    private static IEnumerable<string> UnknownFormats(JsonObject obj)
    {
        var formats = new List<string>();
        foreach (var (version, _) in new DefinitionSpec(obj.Object("spec") ?? []).Schemas())
        {
            version.Schema?.Any(schema =>
            {
                if (schema.Format.Length > 0 && !ValueTypes.IsKnownFormat(schema.Type, schema.Format))
                    formats.Add(schema.Format);
                return false;
            });
        }
        return formats;
    }

    private static void NoteStorageVersion(JsonObject obj)
    {
        var storage = (obj.Object("spec").Array("versions") ?? []).FirstOrDefault(v => v.Member("storage").AsBoolOrNull() == true).String("name");
        if (storage is null)
            return;
        var status = obj.ObjectOrNew("status");
        if (status.Array("storedVersions") is not { } stored)
            status["storedVersions"] = stored = [];
        if (!stored.Any(version => version.AsStringOrNull() == storage))
            stored.Add(JsonValue.Create(storage));
    }

    private static void Status(FieldProblems problems, JsonObject obj, DefinitionSpec spec)
    {
        var status = obj.Object("status");
        DefinitionParts.Names(problems, FieldPath.Status["acceptedNames"], status.Object("acceptedNames"));
        var path = FieldPath.Status["storedVersions"];
        var stored = status.Array("storedVersions");
        if (stored is null or { Count: 0 })
        {
            problems.Invalid(path, stored, "must have at least one stored version");
            return;
        }
        var names = stored.Select(v => v.AsStringOrNull() ?? "").ToList();
        foreach (var version in spec.Versions.Where(v => v.Storage && !names.Contains(v.Name)))
            problems.Invalid(path, stored, "must have the storage version " + version.Name);
        for (var i = 0; i < names.Count; i++)
        {
            if (spec.Versions.All(v => v.Name != names[i]))
            {
                problems.Invalid(path[i], names[i], $"missing from spec.versions; {names[i]} was previously a storage version, and must remain in spec.versions until a storage " +
                    $"migration ensures no data remains persisted in {names[i]} and removes {names[i]} from status.storedVersions");
            }
        }
    }

    private static void Immutable(FieldProblems problems, DefinitionSpec spec, DefinitionSpec old, bool established)
    {
        if (established)
        {
            problems.Unchanged(FieldPath.Spec["scope"], spec.Source["scope"], old.Source["scope"]);
            problems.Unchanged(FieldPath.Spec["names"]["kind"], spec.Names["kind"], old.Names["kind"]);
        }
        problems.Unchanged(FieldPath.Spec["group"], spec.Source["group"], old.Source["group"]);
        problems.Unchanged(FieldPath.Spec["names"]["plural"], spec.Names["plural"], old.Names["plural"]);
    }

    private static void PreserveUnknownFields(FieldProblems problems) => problems.Invalid(
        FieldPath.Spec["preserveUnknownFields"], true, "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead");

    private static SchemaLeniency Leniency(DefinitionSpec old) => new()
    {
        RequiresSchemas = old.Versions.All(v => v.Schema is not null),
        RequiresStructure = old.Schemas().All(s => s.Version.Schema is not { } schema || StructuralRules.Validate(schema, s.Path).Count == 0),
        RequiresValidTypes = !old.AnySchema(s => s.Type is not ("" or "array" or "boolean" or "integer" or "number" or "object" or "string")),
        RequiresPrunedDefaults = old.Schemas().All(s => s.Version.Schema is not { } schema || DefaultRules.ArePruned(new SchemaReader().Read(schema.Source))),
        RequiresAtomicSets = !old.AnySchema(s => s is { ListType: "set", Items: { } items } && SchemaRules.IsNotAtomic(items)),
        RequiresKeysOfMaps = !old.AnySchema(s => SchemaRules.MapListKeys(s, FieldPath.Spec).Any()),
        RequiresKnownReviewVersion = DefinitionParts.HasKnownReviewVersion(old.Source.Object("conversion").Object("webhook").Array("conversionReviewVersions")),
    };
}
