using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Text;

namespace Flotilla.Kubernetes.Schemas;

/// <summary>
/// One node of an OpenAPI v3 schema with Kubernetes' extensions: of a built-in type or of a CRD's structural schema.
/// Schemas are shared, immutable once read, and may be recursive (JSONSchemaProps is).
/// </summary>
public sealed class Schema
{
    private static readonly IReadOnlyDictionary<string, Schema> NoProperties = new Dictionary<string, Schema>();

    /// <summary><c>object array string integer number boolean</c>; null when any type fits.</summary>
    public string? Type { get; internal set; }

    /// <summary>As <c>int32</c>, <c>date-time</c>, <c>int-or-string</c>; null when none.</summary>
    public string? Format { get; internal set; }

    /// <summary>Title for people.</summary>
    public string? Title { get; internal set; }

    /// <summary>Sentences for people (<c>kubectl explain</c>).</summary>
    public string? Description { get; internal set; }

    /// <summary>Whether null is a value.</summary>
    public bool Nullable { get; internal set; }

    /// <summary>Named fields of an object.</summary>
    public IReadOnlyDictionary<string, Schema> Properties { get; internal set; } = NoProperties;

    /// <summary>Names of the fields that must be there.</summary>
    public IReadOnlyList<string> Required { get; internal set; } = [];

    /// <summary>Schema of the values of a map; null when the object is not a map, or its values are free.</summary>
    public Schema? AdditionalProperties { get; internal set; }

    /// <summary>What <c>additionalProperties: true|false</c> said; null when it was absent or a schema.</summary>
    public bool? AdditionalPropertiesAllowed { get; internal set; }

    /// <summary>Schema of the elements of an array.</summary>
    public Schema? Items { get; internal set; }

    /// <summary>The declared default; clone before use. See <see cref="HasDefault"/> (null may be a default).</summary>
    public JsonNode? Default { get; internal set; }

    /// <summary>Whether a default was declared.</summary>
    public bool HasDefault { get; internal set; }

    /// <summary>Allowed values; null when all are.</summary>
    public IReadOnlyList<JsonNode?>? Enum { get; internal set; }

    /// <summary>Regular expression (RE2) of a string, not anchored.</summary>
    public string? Pattern { get; internal set; }

    /// <summary>Shortest string, in code points.</summary>
    public long? MinLength { get; internal set; }

    /// <summary>Longest string, in code points.</summary>
    public long? MaxLength { get; internal set; }

    /// <summary>Smallest number.</summary>
    public double? Minimum { get; internal set; }

    /// <summary>Largest number.</summary>
    public double? Maximum { get; internal set; }

    /// <summary>Whether <see cref="Minimum"/> itself is out.</summary>
    public bool ExclusiveMinimum { get; internal set; }

    /// <summary>Whether <see cref="Maximum"/> itself is out.</summary>
    public bool ExclusiveMaximum { get; internal set; }

    /// <summary>A number must be a multiple of this.</summary>
    public double? MultipleOf { get; internal set; }

    /// <summary>Fewest elements.</summary>
    public long? MinItems { get; internal set; }

    /// <summary>Most elements.</summary>
    public long? MaxItems { get; internal set; }

    /// <summary>Whether elements must differ (forbidden in CRDs).</summary>
    public bool UniqueItems { get; internal set; }

    /// <summary>Fewest fields.</summary>
    public long? MinProperties { get; internal set; }

    /// <summary>Most fields.</summary>
    public long? MaxProperties { get; internal set; }

    /// <summary>All of these must hold.</summary>
    public IReadOnlyList<Schema> AllOf { get; internal set; } = [];

    /// <summary>One of these must hold.</summary>
    public IReadOnlyList<Schema> AnyOf { get; internal set; } = [];

    /// <summary>Exactly one of these must hold.</summary>
    public IReadOnlyList<Schema> OneOf { get; internal set; } = [];

    /// <summary>This must not hold.</summary>
    public Schema? Not { get; internal set; }

    /// <summary><c>x-kubernetes-list-type</c>: <c>atomic</c>, <c>set</c> or <c>map</c>; null when not said (atomic).</summary>
    public string? ListType { get; internal set; }

    /// <summary><c>x-kubernetes-list-map-keys</c>.</summary>
    public IReadOnlyList<string> ListMapKeys { get; internal set; } = [];

    /// <summary><c>x-kubernetes-map-type</c>: <c>granular</c> or <c>atomic</c>; null when not said (granular).</summary>
    public string? MapType { get; internal set; }

    /// <summary><c>x-kubernetes-patch-strategy</c>: <c>merge</c>, <c>retainKeys</c>, <c>replace</c>, comma-separated.</summary>
    public string? PatchStrategy { get; internal set; }

    /// <summary><c>x-kubernetes-patch-merge-key</c>.</summary>
    public string? PatchMergeKey { get; internal set; }

    /// <summary><c>x-kubernetes-int-or-string</c> (also the built-in IntOrString).</summary>
    public bool IntOrString { get; internal set; }

    /// <summary><c>x-kubernetes-preserve-unknown-fields</c>.</summary>
    public bool PreserveUnknownFields { get; internal set; }

    /// <summary><c>x-kubernetes-embedded-resource</c>.</summary>
    public bool EmbeddedResource { get; internal set; }

    /// <summary><c>x-kubernetes-validations</c>, as declared.</summary>
    public IReadOnlyList<ValidationRule> Validations { get; internal set; } = [];

    /// <summary>Name of a built-in type, as <c>io.k8s.api.core.v1.Container</c>; null inside CRDs.</summary>
    public string? TypeName { get; internal set; }

    /// <summary>A quantity (<c>100m</c>, <c>2Gi</c>) of a built-in type.</summary>
    public bool IsQuantity => TypeName == "io.k8s.apimachinery.pkg.api.resource.Quantity";

    /// <summary>Whether an object of this schema takes any field.</summary>
    public bool IsFreeForm =>
        PreserveUnknownFields || (Properties.Count == 0 && AdditionalProperties is null && AdditionalPropertiesAllowed != false && Type is null or "object" && !IntOrString);

    private Re2? compiledPattern;
    private bool? hasDefaultsBelow;
    private bool? hasKeyedLists;
    private bool? hasEmbeddedResources;
    private bool? hasValidations;

    /// <summary>Whether a default may be declared below this node.</summary>
    internal bool HasDefaultsBelow => hasDefaultsBelow ??= AnyChild(child => child.Default is not null || child.HasDefaultsBelow);

    /// <summary>Whether this node, or one below it, may be a list of type <c>set</c> or <c>map</c>.</summary>
    internal bool HasKeyedLists => hasKeyedLists ??= ListType is "set" or "map" || AnyChild(child => child.HasKeyedLists);

    /// <summary>Whether this node, or one below it, may be an embedded resource.</summary>
    internal bool HasEmbeddedResources => hasEmbeddedResources ??= EmbeddedResource || AnyChild(child => child.HasEmbeddedResources);

    /// <summary>Whether this node, or one below it, may have CEL rules.</summary>
    internal bool HasValidations => hasValidations ??= Validations.Count > 0 || AnyChild(child => child.HasValidations);

    /// <summary>Built-in types may be recursive: they are not looked into and count as yes.</summary>
    private bool AnyChild(Func<Schema, bool> ask) =>
        TypeName is not null || Properties.Values.Any(ask) || (Items is { } items && ask(items)) || (AdditionalProperties is { } values && ask(values));

    /// <summary>Whether a text matches <see cref="Pattern"/>; false with a problem when that is not a regular expression.</summary>
    internal bool MatchesPattern(string text, out string? problem)
    {
        problem = null;
        try
        {
            compiledPattern ??= Re2.Parse(Pattern!);
        }
        catch (Re2Exception e)
        {
            problem = e.Message;
            return false;
        }
        return compiledPattern.IsMatch(text);
    }

    internal Schema Clone() => (Schema)MemberwiseClone();
}

/// <summary>One CEL rule of a schema (<c>x-kubernetes-validations</c>).</summary>
/// <param name="Rule">The expression; true means valid.</param>
/// <param name="Message">What to say when it is false.</param>
/// <param name="MessageExpression">An expression that makes the message.</param>
/// <param name="Reason">FieldValueInvalid (default), FieldValueForbidden, FieldValueRequired, FieldValueDuplicate.</param>
/// <param name="FieldPath">JSON path of the field to blame, relative to the node.</param>
/// <param name="OptionalOldSelf">Whether <c>oldSelf</c> is an optional, so that the rule also runs on create.</param>
public sealed record ValidationRule(string Rule, string? Message, string? MessageExpression, string? Reason, string? FieldPath, bool OptionalOldSelf);
