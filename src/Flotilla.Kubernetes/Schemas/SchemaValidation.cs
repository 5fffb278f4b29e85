using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.Kubernetes.Schemas;

/// <summary>Checks values against schemas of custom resources, with the errors and the words of kube-apiserver.</summary>
/// <remarks>
/// All violations are told, not only the first. Where kube-apiserver's order is random (it goes through Go maps), ours is
/// that of the value's fields. Rules in CEL, lists as sets and maps, and embedded resources have checks of their own.
/// </remarks>
public static class SchemaValidation
{
    /// <summary>Checks a value.</summary>
    /// <param name="value">The value; null is JSON's null.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="path">Field path of the value in its object, as <c>status</c>; empty for a whole object. The sentences name paths below the value only, as kube-apiserver's do.</param>
    public static IReadOnlyList<FieldError> Validate(JsonNode? value, Schema schema, string path = "") =>
        new SchemaValidator(path).Run(value, schema, null);

    /// <summary>
    /// Checks a changed value. Violations in parts that did not change are let through, so that a tightened schema does not
    /// lock out existing objects (KEP-4008); parts are compared by field, by map key, and by the keys of lists of type <c>map</c>.
    /// </summary>
    public static IReadOnlyList<FieldError> ValidateUpdate(JsonNode? value, JsonNode? old, Schema schema, string path = "") =>
        new SchemaValidator(path).Run(value, schema, new Correlation(value, old, schema));

    internal static IReadOnlyList<FieldError> ValidateUpdate(Correlation correlation, string path) =>
        new SchemaValidator(path).Run(correlation.Value, correlation.Schema, correlation);
}
