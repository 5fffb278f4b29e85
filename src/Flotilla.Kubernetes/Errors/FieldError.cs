using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Errors;

/// <summary>What is wrong with one field, in the words of Kubernetes' field errors (apimachinery <c>field.Error</c>).</summary>
/// <param name="Type">The kind of problem; becomes the cause's reason.</param>
/// <param name="Field">Path of the field, as <c>spec.ports[0].name</c> or <c>metadata.labels[a.b/c]</c>; empty for the whole object.</param>
/// <param name="Message">The text without the field, as <c>Invalid value: 7: must be less than 5</c>.</param>
public sealed record FieldError(FieldErrorType Type, string Field, string Message)
{
    /// <summary>A required field is absent or empty.</summary>
    public static FieldError Required(string field, string detail = "") =>
        new(FieldErrorType.Required, field, Join("Required value", detail));

    /// <summary>A value does not fit. Strings are quoted as Go's <c>%q</c>, objects and lists are shown as JSON.</summary>
    public static FieldError Invalid(string field, JsonNode? value, string detail) =>
        new(FieldErrorType.Invalid, field, Join("Invalid value: " + Show(value), detail));

    /// <summary>A value is not among the allowed ones.</summary>
    public static FieldError NotSupported(string field, JsonNode? value, IEnumerable<string> supported) =>
        new(FieldErrorType.NotSupported, field,
            Join("Unsupported value: " + Show(value), "supported values: " + string.Join(", ", supported.Select(Quote))));

    /// <summary>A value may not be set here.</summary>
    public static FieldError Forbidden(string field, string detail) => new(FieldErrorType.Forbidden, field, Join("Forbidden", detail));

    /// <summary>A value appears twice where it must be unique.</summary>
    public static FieldError Duplicate(string field, JsonNode? value) => new(FieldErrorType.Duplicate, field, "Duplicate value: " + Show(value));

    /// <summary>Something that is referred to does not exist.</summary>
    public static FieldError NotFound(string field, JsonNode? value) => new(FieldErrorType.NotFound, field, "Not found: " + Show(value));

    /// <summary>A text is too long (in bytes).</summary>
    public static FieldError TooLong(string field, int maxLength) =>
        new(FieldErrorType.TooLong, field, $"Too long: may not be more than {maxLength} bytes");

    /// <summary>A list has too many elements.</summary>
    public static FieldError TooMany(string field, int actual, int max) =>
        new(FieldErrorType.TooMany, field, $"Too many: {actual}: must have at most {max} items");

    /// <summary>A value is of another type than the schema says.</summary>
    public static FieldError TypeInvalid(string field, JsonNode? value, string detail) =>
        new(FieldErrorType.TypeInvalid, field, Join("Invalid value: " + Show(value), detail));

    /// <summary>The line a user reads: field and message. The object as a whole is called <c>&lt;nil&gt;</c>, as Kubernetes does.</summary>
    public override string ToString() => Field.Length == 0 ? $"<nil>: {Message}" : $"{Field}: {Message}";

    /// <summary>Quotes text as Go's <c>%q</c> does: printable characters of any script stand as they are.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var rune in text.EnumerateRunes())
        {
            var escape = "\a\b\f\n\r\t\v\\\"".IndexOf((char)Math.Min(rune.Value, char.MaxValue), StringComparison.Ordinal);
            if (escape >= 0)
                quoted.Append('\\').Append("abfnrtv\\\""[escape]);
            else if (IsPrintable(rune))
                quoted.Append(rune.ToString());
            else
                quoted.Append(rune.Value < 0x80 ? $"\\x{rune.Value:x2}" : rune.IsBmp ? $"\\u{rune.Value:x4}" : $"\\U{rune.Value:x8}");
        }
        return quoted.Append('"').ToString();
    }

    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.IsLetterOrDigit(rune) || Rune.IsPunctuation(rune) || Rune.IsSymbol(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
            or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    /// <summary>How a field error shows a value.</summary>
    public static string Show(JsonNode? value) => value switch
    {
        null => "null",
        JsonValue when value.AsStringOrNull() is { } text => Quote(text),
        JsonValue number when number.IsNumber() && !number.TryGetValue(out long _) => GoNumbers.General(number.AsDoubleOrNull() ?? 0),
        JsonValue => value.ToJsonString(),
        _ => value.ToJsonString(QuoteOptions),
    };

    private static readonly System.Text.Json.JsonSerializerOptions QuoteOptions = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static string Join(string head, string detail) => detail.Length == 0 ? head : $"{head}: {detail}";
}

/// <summary>Kinds of field errors; <see cref="FieldErrorTypeNames.Reason"/> gives the name on the wire.</summary>
public enum FieldErrorType
{
    /// <summary>FieldValueNotFound.</summary>
    NotFound,

    /// <summary>FieldValueRequired.</summary>
    Required,

    /// <summary>FieldValueDuplicate.</summary>
    Duplicate,

    /// <summary>FieldValueInvalid.</summary>
    Invalid,

    /// <summary>FieldValueNotSupported.</summary>
    NotSupported,

    /// <summary>FieldValueForbidden.</summary>
    Forbidden,

    /// <summary>FieldValueTooLong.</summary>
    TooLong,

    /// <summary>FieldValueTooMany.</summary>
    TooMany,

    /// <summary>InternalError.</summary>
    Internal,

    /// <summary>FieldValueTypeInvalid.</summary>
    TypeInvalid,
}

/// <summary>Names of field error types on the wire.</summary>
public static class FieldErrorTypeNames
{
    /// <summary>The reason of a Status cause, as <c>FieldValueInvalid</c>.</summary>
    public static string Reason(this FieldErrorType type) => type == FieldErrorType.Internal ? "InternalError" : "FieldValue" + type;
}
