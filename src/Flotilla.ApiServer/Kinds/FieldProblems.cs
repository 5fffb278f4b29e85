using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds;

/// <summary>The problems of an object, in the order they were found.</summary>
internal sealed class FieldProblems : IReadOnlyCollection<FieldError>
{
    public const string Immutable = "field is immutable";
    public const string Negative = "must be greater than or equal to 0";

    private List<FieldError>? found;

    public int Count => found?.Count ?? 0;

    public void Add(FieldError problem) => (found ??= []).Add(problem);

    public void AddRange(IEnumerable<FieldError> problems)
    {
        foreach (var problem in problems)
            Add(problem);
    }

    public void Required(FieldPath path, string detail = "") => Add(FieldError.Required(path.ToString(), detail));

    public void Invalid(FieldPath path, JsonNode? value, string detail) => Add(FieldError.Invalid(path.ToString(), value, detail));

    /// <summary>One problem for each text.</summary>
    public void Invalid(FieldPath path, JsonNode? value, IEnumerable<string> details)
    {
        foreach (var detail in details)
            Invalid(path, value, detail);
    }

    public void Forbidden(FieldPath path, string detail) => Add(FieldError.Forbidden(path.ToString(), detail));

    public void Duplicate(FieldPath path, JsonNode? value) => Add(FieldError.Duplicate(path.ToString(), value));

    public void NotFound(FieldPath path, JsonNode? value) => Add(FieldError.NotFound(path.ToString(), value));

    public void TooLong(FieldPath path, int maxLength) => Add(FieldError.TooLong(path.ToString(), maxLength));

    public void TooMany(FieldPath path, int actual, int max) => Add(FieldError.TooMany(path.ToString(), actual, max));

    public void NotSupported(FieldPath path, JsonNode? value, IEnumerable<string> supported) => Add(FieldError.NotSupported(path.ToString(), value, supported));

    /// <summary>The value, which may be absent (then it is a zero value, as Go sees it), must be one of these.</summary>
    public void OneOf(FieldPath path, string? value, params IReadOnlyList<string> supported)
    {
        if (!supported.Contains(value ?? ""))
            NotSupported(path, value ?? "", supported);
    }

    /// <summary>As <see cref="OneOf"/>, but an empty value is a missing one.</summary>
    public void RequiredOneOf(FieldPath path, string? value, params IReadOnlyList<string> supported)
    {
        if (string.IsNullOrEmpty(value))
            Required(path);
        else
            OneOf(path, value, supported);
    }

    /// <summary>A number that is there must not be negative.</summary>
    public void NotNegative(FieldPath path, JsonNode? value)
    {
        if (value.AsInt64OrNull() < 0)
            Invalid(path, value, Negative);
    }

    /// <summary>A number (zero when absent) must lie within the bounds.</summary>
    public void InRange(FieldPath path, JsonNode? value, long low, long high)
    {
        var number = value.AsInt64OrNull() ?? 0;
        if (number < low || number > high)
            Invalid(path, number, string.Create(CultureInfo.InvariantCulture, $"must be between {low} and {high}, inclusive"));
    }

    /// <summary>Both values must be equal.</summary>
    public void Unchanged(FieldPath path, JsonNode? value, JsonNode? old, string detail = Immutable)
    {
        if (!JsonNodeExtensions.DeepEquals(value, old))
            Invalid(path, value, detail);
    }

    public IEnumerator<FieldError> GetEnumerator() => (found ?? Enumerable.Empty<FieldError>()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
