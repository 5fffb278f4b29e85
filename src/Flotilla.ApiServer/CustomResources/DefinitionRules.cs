using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;
using Flotilla.Kubernetes.Text;

namespace Flotilla.ApiServer.CustomResources;

/// <summary>Whether a CRD's spec makes sense; see <see cref="DefinitionParts"/> for names, columns, subresources and conversion.</summary>
internal sealed class DefinitionRules(DefinitionSpec spec, SchemaLeniency leniency)
{
    private static readonly FieldPath Path = FieldPath.Spec;
    private readonly FieldProblems problems = new();

    /// <summary>All violations.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="leniency">What is demanded of schemas.</param>
    /// <param name="old">The spec before, for a change.</param>
    public static IEnumerable<FieldError> Validate(DefinitionSpec spec, SchemaLeniency leniency, DefinitionSpec? old = null)
    {
        var rules = new DefinitionRules(spec, leniency with { RequiresStructure = leniency.RequiresStructure || !spec.PreservesUnknownFields });
        rules.Spec(old);
        return rules.problems;
    }

    private void Spec(DefinitionSpec? old)
    {
        Group();
        problems.RequiredOneOf(Path["scope"], spec.Source.String("scope"), "Cluster", "Namespaced");
        MissingSchemas();
        if (spec.PreservesUnknownFields && spec.AnySchema(schema => schema.Default is not null))
            problems.Invalid(Path["preserveUnknownFields"], true, "must be false in order to use defaults in the schema");
        foreach (var version in spec.Versions)
            Version(version, old);
        Versions();
        Names();
        if (spec.Versions is [var first, ..])
            Shared(first, old);
        DefinitionParts.Conversion(problems, Path["conversion"], spec, leniency.RequiresKnownReviewVersion);
    }

    private void Group()
    {
        if (spec.Group.Length == 0)
            problems.Required(Path["group"]);
        else if (Kinds.Names.DnsSubdomainProblems(spec.Group).ToList() is { Count: > 0 } wrong)
            problems.Invalid(Path["group"], spec.Group, string.Join(",", wrong));
        else if (!spec.Group.Contains('.', StringComparison.Ordinal))
            problems.Invalid(Path["group"], spec.Group, "should be a domain with at least one dot");
    }

    private void MissingSchemas()
    {
        foreach (var version in spec.Versions.Where(v => v.Schema is null))
        {
            if (leniency.RequiresSchemas)
                problems.Required(version.Path["schema"]["openAPIV3Schema"]);
            else if (version.Served && !spec.PreservesUnknownFields)
                problems.Required(version.Path["schema"]["openAPIV3Schema"], "because otherwise all fields are pruned");
        }
    }

    private void Version(DefinitionVersion version, DefinitionSpec? old)
    {
        if (DnsNames.Label1035Problem(version.Name) is { } problem)
            problems.Invalid(version.Path["name"], version.Name, problem);
        DefinitionParts.DeprecationWarning(problems, version);
        if (!spec.SharesSchema && version.HasSchema)
            Schema(version, version.Path["schema"], version.HasStatus, old);
        if (!spec.SharesSubresources)
            DefinitionParts.Subresources(problems, version.Path["subresources"], version.Source.Object("subresources"));
        if (!spec.SharesColumns)
            DefinitionParts.Columns(problems, version.Path["additionalPrinterColumns"], version.Source.Array("additionalPrinterColumns"));
        if (!spec.SharesSelectableFields)
            SelectableFields(version, version.Path["selectableFields"], spec.SharesSchema ? null : version.Schema, old);
    }

    private void Shared(DefinitionVersion first, DefinitionSpec? old)
    {
        if (spec.SharesSchema)
            Schema(first, Path["validation"], spec.Versions.Any(v => v.HasStatus), old);
        if (spec.SharesSubresources)
            DefinitionParts.Subresources(problems, Path["subresources"], first.Source.Object("subresources"));
        if (spec.SharesColumns)
            DefinitionParts.Columns(problems, Path["additionalPrinterColumns"], first.Source.Array("additionalPrinterColumns"));
        if (spec.SharesSelectableFields)
            SelectableFields(first, Path["selectableFields"], spec.SharesSchema ? first.Schema : null, old);
    }

    /// <summary>As in kube-apiserver, the fields have to stand where the schema stands: both shared by all versions, or both in each.</summary>
    private void SelectableFields(DefinitionVersion version, FieldPath path, SchemaProps? schema, DefinitionSpec? old)
    {
        if (version.Source.Array("selectableFields") is not { Count: > 0 } declared)
            return;
        var before = old?.Versions.FirstOrDefault(v => v.Name == version.Name)?.Source.Array("selectableFields");
        var mayBeMany = before is not null && JsonNodeExtensions.DeepEquals(before, declared);
        if (schema is not null)
            DefinitionParts.SelectableFields(problems, path, declared, schema, mayBeMany);
        else if (spec.SharesSelectableFields)
            problems.Invalid(path, "", "may only be set when validations.schema is included");
        else
            problems.Invalid(path, "", "may only be set when `version.schema.openAPIV3Schema` is not included");
    }

    private void Versions()
    {
        var shown = new Lazy<JsonNode>(() => new JsonArray([.. spec.Versions.Select(Shown)]));
        if (spec.Versions.DistinctBy(v => v.Name).Count() < spec.Versions.Count)
            problems.Invalid(Path["versions"], shown.Value, "must contain unique version names");
        if (spec.Versions.Count(v => v.Storage) != 1)
            problems.Invalid(Path["versions"], shown.Value, "must have exactly one version marked as storage version");
    }

    /// <summary>A version as kube-apiserver's internal type shows it in messages.</summary>
    private static JsonNode Shown(DefinitionVersion version) => new JsonObject
    {
        ["Name"] = version.Name,
        ["Served"] = version.Served,
        ["Storage"] = version.Storage,
        ["Deprecated"] = version.Source.Member("deprecated").AsBoolOrNull() ?? false,
        ["DeprecationWarning"] = version.Source.String("deprecationWarning"),
        ["Schema"] = null,
        ["Subresources"] = null,
        ["AdditionalPrinterColumns"] = null,
        ["SelectableFields"] = null,
    };

    private void Names()
    {
        foreach (var name in (string[])["plural", "singular", "kind", "listKind"])
        {
            if (string.IsNullOrEmpty(spec.Names.String(name)))
                problems.Required(Path["names"][name]);
        }
        DefinitionParts.Names(problems, Path["names"], spec.Names);
    }

    private void Schema(DefinitionVersion version, FieldPath holder, bool hasStatus, DefinitionSpec? old)
    {
        if (version.Schema is not { } schema)
            return;
        var path = holder["openAPIV3Schema"];
        if (hasStatus)
            RootWithStatus(schema, holder, path);
        if (schema.Nullable)
            problems.Forbidden(holder["openAPIV3Schema.nullable"], "nullable cannot be true at the root");
        var compiled = RequiresStructure() && !HasUnsupported(schema) ? Structure(schema, path) : null;
        var before = problems.Count;
        var isUnchanged = old?.Versions.Any(v => v.Name == version.Name && JsonNodeExtensions.DeepEquals(v.Source["schema"], version.Source["schema"])) == true;
        problems.AddRange(new SchemaRules(leniency, isUnchanged).Validate(schema, path, compiled));
        if (problems.Count == before && schema.Any(s => s.Unsupported.Contains("$schema")))
            problems.Invalid(path, "", "OpenAPIV3Schema 'schema' is not supported");
    }

    /// <summary>Answers the compiled schema when structure and defaults are good.</summary>
    private Schema? Structure(SchemaProps schema, FieldPath path)
    {
        var structure = StructuralRules.Validate(schema, path);
        problems.AddRange(structure);
        if (structure.Count > 0)
            return null;
        var compiled = new SchemaReader().Read(schema.Source);
        var defaults = DefaultRules.Validate(compiled, path, leniency.RequiresPrunedDefaults);
        problems.AddRange(defaults);
        return defaults.Count == 0 ? compiled : null;
    }

    private bool RequiresStructure() => leniency.RequiresStructure || spec.AnySchema(s =>
        s.Default is not null || s.EmbeddedResource || s.PreserveUnknownFields is not null || s.IntOrString || s.ListMapKeys.Count > 0
        || s.ListType is not null || s.Validations.Count > 0);

    /// <summary>Constructs that have no structure to look at; <see cref="SchemaRules"/> refuses them.</summary>
    private static bool HasUnsupported(SchemaProps schema) =>
        schema.Any(s => s.Unsupported.Count > 0 || s.ItemsList.Count > 0 || s.PreserveUnknownFields == false);

    private static readonly string[] AllowedAtRoot =
    [
        "Description", "Type", "Format", "Title", "Maximum", "ExclusiveMaximum", "Minimum", "ExclusiveMinimum", "MaxLength", "MinLength", "Pattern", "MaxItems",
        "MinItems", "UniqueItems", "MultipleOf", "Required", "Items", "Properties", "ExternalDocs", "Example", "XPreserveUnknownFields", "XValidations",
    ];

    /// <summary>With a status of its own, the status has to be checkable alone: nothing at the root may bind it to the rest.</summary>
    private void RootWithStatus(SchemaProps schema, FieldPath holder, FieldPath path)
    {
        if (schema.Type is not ("" or "object"))
            problems.Invalid(holder["openAPIV3Schema.type"], schema.Type, "only \"object\" is allowed as the type at the root of the schema if the status subresource is enabled");
        else if (schema.Nullable || schema.Default is not null || schema.Enum is not null || schema.Source.ContainsKey("maxProperties") || schema.Source.ContainsKey("minProperties")
            || schema.AllOf.Count > 0 || schema.OneOf.Count > 0 || schema.AnyOf.Count > 0 || schema.Not is not null || schema.HasAdditionalProperties
            || schema.Unsupported.Count > 0 || schema.EmbeddedResource || schema.IntOrString || schema.ListMapKeys.Count > 0 || schema.ListType is not null || schema.MapType is not null)
        {
            NotAtRoot();
        }

        void NotAtRoot() => problems.Invalid(
            path, schema.Source, $"only [{string.Join(' ', AllowedAtRoot)}] fields are allowed at the root of the schema if the status subresource is enabled");
    }
}
