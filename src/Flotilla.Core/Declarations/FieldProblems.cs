using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Api.Definitions;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;
using Flotilla.Kubernetes.Text;

namespace Flotilla.Core.Declarations;

/// <summary>Says what an API server would refuse in words for the person who wrote it.</summary>
internal static class FieldProblems
{
    /// <summary>What is wrong and what to do.</summary>
    /// <param name="error">As the server has it.</param>
    /// <param name="value">The value of the field.</param>
    /// <param name="schema">The schema of the field; null when it is not known.</param>
    public static (string Message, string Remedy) Of(FieldError error, JsonNode? value, Schema? schema)
    {
        var shown = Shown(value);
        return error.Type switch
        {
            FieldErrorType.Required when error.Message == "Required value" => ("is missing", schema?.Description is { Length: > 0 } text ? $"add it: {char.ToLowerInvariant(text[0])}{text[1..].TrimEnd('.')}" : "add it"),
            FieldErrorType.NotSupported when schema?.Enum is { } words => ($"{shown} is none of the words that it may be", Nearest.Remedy(value.AsStringOrNull() ?? "", [.. words.Select(word => word.AsStringOrNull() ?? "")])),
            FieldErrorType.TypeInvalid when schema is not null => ($"is {KindOf(value)}, but must be {Expected(schema)}", RemedyOf(schema, value, shown)),
            FieldErrorType.TooLong when schema?.MaxLength is { } longest => (Text($"has {value.AsStringOrNull()?.Length ?? 0} characters"), Text($"it may have {longest} at most")),
            FieldErrorType.TooMany when schema?.MaxItems is { } most => (Text($"has {(value as JsonArray)?.Count ?? 0} elements"), Text($"it may have {most} at most")),
            FieldErrorType.Duplicate => ($"{shown} stands here a second time", "remove one of the two, or give it another name"),
            FieldErrorType.Invalid when FormOf(schema, value) is { } form => ($"{shown} does not fit", $"write {form.Says}"),
            FieldErrorType.Invalid when IsOutOfBounds(schema, value) => ($"{shown} is out of bounds", Text($"it may be from {schema!.Minimum} to {schema.Maximum}")),
            FieldErrorType.Invalid when schema?.MinItems > 0 && value is JsonArray { Count: 0 } => ("is empty", "add an element"),
            FieldErrorType.Invalid when schema?.MinLength > 0 && value.AsStringOrNull() is "" => ("is empty", "write something, or remove it"),
            _ => (Detail(error, value), ""),
        };
    }

    private static TextFormFacts? FormOf(Schema? schema, JsonNode? value) =>
        schema?.Pattern is { } pattern && value.AsStringOrNull() is { } text && !Re2.Parse(pattern).IsMatch(text) ? TextForms.WithPattern(pattern) : null;

    private static bool IsOutOfBounds(Schema? schema, JsonNode? value) =>
        value.AsDoubleOrNull() is { } number && (number < schema?.Minimum || number > schema?.Maximum);

    private static string Expected(Schema schema) => schema.IntOrString ? "text or a whole number" : schema.Type switch
    {
        "string" => "text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "array" => "a list",
        _ => "a mapping",
    };

    private static string KindOf(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.String => $"the text {Shown(value)}",
        JsonValueKind.Number => $"the number {Shown(value)}",
        JsonValueKind.True or JsonValueKind.False => $"the truth value {Shown(value)}",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "a mapping",
        _ => "nothing",
    };

    private static string RemedyOf(Schema schema, JsonNode? value, string shown) => (schema.Type, value?.GetValueKind()) switch
    {
        ("string", JsonValueKind.Number) when FormOf(schema, JsonValue.Create(shown)) is { } form => $"write {form.Says}",
        ("string" or null, JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False) => $"put it in quotes: \"{Shown(value)}\"",
        ("integer" or "number" or "boolean", JsonValueKind.String) => "write it without quotes",
        ("array", _) => "begin each element with '- '",
        ("object", _) => "write fields below it, indented, as name: value",
        _ => "mend the value or the indentation",
    };

    /// <summary>Kubernetes' words without the value, which stands there already.</summary>
    private static string Detail(FieldError error, JsonNode? value)
    {
        foreach (var start in (string[])[$"Invalid value: {FieldError.Show(value)}: ", "Invalid value: ", "Forbidden: ", "Required value: "])
        {
            if (error.Message.StartsWith(start, StringComparison.Ordinal))
                return error.Message[start.Length..];
        }
        return error.Message;
    }

    private static string Shown(JsonNode? value)
    {
        var text = value?.ToJsonString(JsonShown) ?? "null";
        return text.Length <= 80 ? text : text[..80] + "…";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static JsonSerializerOptions JsonShown { get; } = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, TypeInfoResolver = Api.ApiJson.Default };
}
