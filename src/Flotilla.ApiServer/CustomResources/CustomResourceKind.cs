using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds;
using Flotilla.ApiServer.Kinds.Decoding;
using Flotilla.ApiServer.OpenApi;
using Flotilla.ApiServer.Resources;
using Flotilla.ApiServer.Tables;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.ManagedFields;
using Flotilla.Kubernetes.Schemas;
using Flotilla.Kubernetes.Schemas.Rules;

namespace Flotilla.ApiServer.CustomResources;

/// <summary>
/// One version of a custom resource, compiled: what the server does with its objects. Immutable and shared by all virtual
/// clusters that have the same definition; see <see cref="CustomResourceKinds"/>.
/// </summary>
internal sealed class CustomResourceKind : KindRules
{
    private const string RulesNotRun = "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation";

    // What an update was let through with, until somebody asks for its warnings.
    private static readonly ConditionalWeakTable<JsonObject, List<string>> Ratcheted = [];

    private readonly Schema? statusSchema;
    private readonly Lazy<CelRules?> rules;
    private readonly IReadOnlyDictionary<string, Func<JsonObject, string>> selectable;
    private readonly CustomResourceKinds family;
    private readonly Lazy<FieldManager> fields;
    private readonly Lazy<TablePrinter> table;
    private readonly Lazy<CustomType> openApiType;

    /// <param name="family">All versions of the definition, this one among them.</param>
    /// <param name="spec">The CRD's spec.</param>
    /// <param name="names">The names to serve it under, those that the CRD's status accepts.</param>
    /// <param name="version">The entry in the spec's versions.</param>
    public CustomResourceKind(CustomResourceKinds family, JsonObject spec, JsonObject names, JsonObject version)
    {
        SchemaSource = version.Object("schema").Object("openAPIV3Schema");
        Schema = SchemaSource is null ? new Schema() : new SchemaReader().Read(SchemaSource);
        rules = new(() => CelRules.Of(Schema, isRoot: true));
        statusSchema = Schema.Properties.GetValueOrDefault("status");
        PreservesUnknownFields = spec.Member("preserveUnknownFields").AsBoolOrNull() ?? false;
        IsServed = version.Member("served").AsBoolOrNull() ?? false;
        IsStorage = version.Member("storage").AsBoolOrNull() ?? false;
        HasStatus = version.Object("subresources").Member("status") is not null;
        Scale = version.Object("subresources").Object("scale") is { } scale ? new ScalePaths(scale) : null;
        Resource = CustomResourceTypes.Of(spec, names, version.String("name") ?? "", HasStatus, Scale is not null);
        Columns = CustomResourceTypes.Columns(version.Array("additionalPrinterColumns"));
        selectable = CustomResourceTypes.SelectableFields(version.Array("selectableFields"));
        openApiType = new(() => new CustomType(Resource, PreservesUnknownFields ? null : SchemaSource));
        table = new(() => TablePrinter.ForCustom(Columns));
        this.family = family;
        fields = new(() => FieldManagers.Custom(Resource, Schema, HasStatus, family.ToVersion));
        DeprecationWarning = version.Member("deprecated").AsBoolOrNull() == true
            ? version.String("deprecationWarning") ?? $"{Resource.ApiVersion} {Resource.Kind} is deprecated"
            : null;
    }

    /// <summary>The resource as discovery tells it.</summary>
    public ResourceType Resource { get; }

    /// <summary>Schema of objects, as declared; <c>apiVersion</c>, <c>kind</c> and <c>metadata</c> may be missing in it.</summary>
    public Schema Schema { get; }

    /// <summary>The declared schema as JSON, for publishing; null when there is none. Do not change.</summary>
    public JsonObject? SchemaSource { get; }

    /// <summary>Whether requests for this version are answered.</summary>
    public bool IsServed { get; }

    /// <summary>Whether objects are stored in this version.</summary>
    public bool IsStorage { get; }

    /// <summary>What objects are stored as, in <c>apiVersion</c>.</summary>
    public string StorageApiVersion => family.Storage.Resource.ApiVersion;

    /// <summary><c>spec.preserveUnknownFields</c>, left over from v1beta1: nothing is pruned.</summary>
    public bool PreservesUnknownFields { get; }

    /// <summary>Text for the <c>Warning</c> header of every request; null when the version is not deprecated.</summary>
    public string? DeprecationWarning { get; }

    /// <summary>The printer columns besides the name.</summary>
    public IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>The scale subresource; null when there is none.</summary>
    public ScalePaths? Scale { get; }

    public FieldManager Fields => fields.Value;

    public TablePrinter Table => table.Value;

    /// <summary>What OpenAPI is told of the version.</summary>
    public CustomType OpenApiType => openApiType.Value;

    public override bool HasStatus { get; }

    public override bool HasGeneration => true;

    public override bool AllowUnconditionalUpdate => false;

    public override string? Deprecation => DeprecationWarning;

    public override IReadOnlyDictionary<string, Func<JsonObject, string>> SelectableFields => selectable;

    /// <summary>
    /// What a request's body goes through before defaults: metadata (also of embedded objects) is read as Go would, unknown fields are
    /// dropped, and nulls where none is allowed and no default waits.
    /// </summary>
    /// <param name="obj">The object, of this version; changed in place.</param>
    /// <param name="onUnknownField">Gets the path of each dropped field in kube-apiserver's order.</param>
    /// <returns>What keeps the body from being read, in Go's words; null when nothing does.</returns>
    public string? Decode(JsonObject obj, Action<string>? onUnknownField = null)
    {
        if (obj.TryGetPropertyValue("metadata", out var metadata) && DecodeMetadata(obj, metadata, "metadata", onUnknownField) is { } problem)
            return problem;
        if (!PreservesUnknownFields)
        {
            SchemaPruning.Prune(obj, Schema, isRoot: true, onUnknownField);
            SchemaDefaulting.DropNulls(obj, Schema);
        }
        foreach (var (path, embedded) in EmbeddedResources.Find(obj, Schema))
        {
            foreach (var name in (string[])["apiVersion", "kind"])
            {
                if (embedded.TryGetPropertyValue(name, out var text) && text.AsStringOrNull() is null)
                    return FieldError.Invalid($"{path}.{name}", text, "must be a string").ToString();
            }
            if (embedded.TryGetPropertyValue("metadata", out var inner) && DecodeMetadata(embedded, inner, $"{path}.metadata", onUnknownField) is { } wrong)
                return FieldError.Invalid($"{path}.metadata", inner, wrong).ToString();
        }
        return null;
    }

    /// <summary>
    /// Makes an object that was stored (perhaps in another version, or under an older schema) one of this version: what is read
    /// has today's fields and defaults.
    /// </summary>
    /// <param name="obj">The stored object; changed in place.</param>
    public void FromStorage(JsonObject obj)
    {
        obj["apiVersion"] = Resource.ApiVersion;
        if (!PreservesUnknownFields)
            SchemaPruning.Prune(obj, Schema, isRoot: true);
        Default(obj);
    }

    public override void Default(JsonObject obj)
    {
        if (PreservesUnknownFields)
            return;
        SchemaDefaulting.Default(obj, Schema);
    }

    /// <summary>A write to the status changes nothing else, not even metadata.</summary>
    public override void PrepareForStatusUpdate(JsonObject obj, JsonObject old)
    {
        var status = obj["status"];
        var managedFields = obj.Object("metadata")?["managedFields"];
        obj.Clear();
        foreach (var (name, value) in old)
            obj[name] = value?.DeepClone();
        obj.Remove("status");
        if (status is not null)
            obj["status"] = status;
        var metadata = obj.ObjectOrNew("metadata");
        metadata.Remove("managedFields");
        if (managedFields is not null)
            metadata["managedFields"] = managedFields.DeepClone();
    }

    /// <summary>An update lets old violations be where nothing changed, so it is judged as a whole by <see cref="ValidateUpdate"/>.</summary>
    public override bool ValidatesWholeOnUpdate => false;

    public override IEnumerable<FieldError> Validate(JsonObject obj)
    {
        List<FieldError> errors =
        [
            .. SchemaValidation.Validate(obj, Schema),
            .. Scale?.Validate(obj, statusOnly: false) ?? [],
            .. EmbeddedMetadata.Validate(obj, Schema),
            .. ListTypes.Validate(obj, Schema),
        ];
        if (rules.Value is { } cel)
            errors.AddRange(CustomResourceSchema.HasBlocking(errors) ? [FieldError.Invalid("", null, RulesNotRun)] : cel.Validate(obj, null, null));
        return errors;
    }

    public override IEnumerable<FieldError> ValidateUpdate(JsonObject obj, JsonObject old)
    {
        var correlation = new Correlation(obj, old, Schema);
        List<FieldError> errors =
        [
            .. SchemaValidation.ValidateUpdate(correlation, ""),
            .. Scale?.Validate(obj, statusOnly: false) ?? [],
            .. EmbeddedMetadata.Validate(obj, Schema),
            .. NewListErrors(obj, old),
        ];
        RunRules(errors, correlation);
        return errors;
    }

    public override IEnumerable<FieldError> ValidateStatusUpdate(JsonObject obj, JsonObject old)
    {
        var correlation = new Correlation(obj, old, Schema);
        var errors = new List<FieldError>();
        if (statusSchema is not null && obj.TryGetPropertyValue("status", out var status))
            errors.AddRange(SchemaValidation.ValidateUpdate(correlation.Key("status") ?? new Correlation(status, null, statusSchema), "status"));
        errors.AddRange(Scale?.Validate(obj, statusOnly: true) ?? []);
        errors.AddRange(NewListErrors(obj, old));
        RunRules(errors, correlation);
        return errors;
    }

    public override IEnumerable<string> Warnings(JsonObject obj, JsonObject? old) =>
        [.. FinalizerWarnings.Of(obj, old), .. Ratcheted.TryGetValue(obj, out var ratcheted) ? ratcheted : []];

    private void RunRules(List<FieldError> errors, Correlation correlation)
    {
        if (rules.Value is not { } cel)
            return;
        if (CustomResourceSchema.HasBlocking(errors))
        {
            errors.Add(FieldError.Invalid("", null, RulesNotRun));
            return;
        }
        var obj = (JsonObject)correlation.Value!;
        errors.AddRange(cel.Validate(obj, correlation.Old, correlation, warn: error => Ratcheted.GetOrCreateValue(obj).Add(error.ToString())));
    }

    /// <summary>Repeated elements count only when there were none before.</summary>
    private IReadOnlyList<FieldError> NewListErrors(JsonObject obj, JsonObject old)
    {
        var errors = ListTypes.Validate(obj, Schema);
        return errors.Count > 0 && ListTypes.Validate(old, Schema).Count == 0 ? errors : [];
    }

    private static string? DecodeMetadata(JsonObject owner, JsonNode? metadata, string path, Action<string>? onUnknownField)
    {
        if (metadata is null)
        {
            owner["metadata"] = new JsonObject();
            return null;
        }
        if (metadata is not JsonObject map)
            return $"json: cannot unmarshal {TypedDecoder.JsonName(metadata)} into Go value of type v1.ObjectMeta";
        return TypedDecoding.Decode(map, BuiltInTypes.Instance.ObjectMeta, onUnknownField is null ? null : field => onUnknownField($"{path}.{field}"));
    }
}
