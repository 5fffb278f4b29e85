using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Schemas.Rules;

namespace Flotilla.Kubernetes.Schemas;

/// <summary>The schema of a custom resource with its rules: what an API server refuses can be known before it is asked.</summary>
public sealed class CustomResourceSchema
{
    private readonly Lazy<CelRules?> rules;

    /// <param name="source">The structural schema (<c>openAPIV3Schema</c>).</param>
    public CustomResourceSchema(JsonObject source)
    {
        Schema = new SchemaReader().Read(source);
        rules = new(() => CelRules.Of(Schema, isRoot: true));
    }

    /// <summary>The schema.</summary>
    public Schema Schema { get; }

    /// <summary>Drops fields that the schema does not know, and nulls where none is allowed, and fills defaults, all in place.</summary>
    /// <param name="obj">A whole object.</param>
    /// <param name="onUnknownField">Told of dropped fields, as <c>spec.list[0].bar</c>.</param>
    public void Decode(JsonObject obj, Action<string>? onUnknownField = null)
    {
        SchemaPruning.Prune(obj, Schema, isRoot: true, onUnknownField);
        SchemaDefaulting.DropNulls(obj, Schema);
        SchemaDefaulting.Default(obj, Schema);
    }

    /// <summary>
    /// Checks a decoded object: schema, lists with keys, and rules in CEL. kube-apiserver runs no rule at all when a value is not what rules
    /// take it for; here only rules above such values are left out, so that one answer tells as much as it can.
    /// </summary>
    public IReadOnlyList<FieldError> Validate(JsonObject obj)
    {
        List<FieldError> errors = [.. SchemaValidation.Validate(obj, Schema), .. ListTypes.Validate(obj, Schema)];
        var blocking = errors.Where(IsBlocking).Select(error => error.Field).ToList();
        if (rules.Value is { } cel)
            errors.AddRange(cel.Validate(obj, null, null).Where(error => !blocking.Exists(field => IsWithin(field, error.Field))));
        return errors;
    }

    /// <summary>Errors after which values may not be what rules take them for.</summary>
    internal static bool HasBlocking(IReadOnlyList<FieldError> errors) => errors.Any(IsBlocking);

    private static bool IsBlocking(FieldError error) =>
        error.Type is FieldErrorType.NotSupported or FieldErrorType.Required or FieldErrorType.TooLong or FieldErrorType.TooMany or FieldErrorType.TypeInvalid;

    private static bool IsWithin(string field, string parent) =>
        parent.Length == 0 || (field.StartsWith(parent, StringComparison.Ordinal) && (field.Length == parent.Length || field[parent.Length] is '.' or '['));
}
