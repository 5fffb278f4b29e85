using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas.Formats;

namespace Flotilla.Kubernetes.Schemas;

/// <summary>
/// One run over one value. Follows kube-openapi's validator closely, including how many checks "match": among the schemas of
/// an <c>anyOf</c> that all fail, the one that matched most tells its errors.
/// </summary>
internal sealed partial class SchemaValidator(string prefix)
{
    private readonly StringBuilder path = new();

    public IReadOnlyList<FieldError> Run(JsonNode? value, Schema schema, Correlation? correlation)
    {
        var outcome = Validate(value, schema, correlation);
        return outcome.Problems is { } problems ? [.. problems.Select(p => p.Error)] : [];
    }

    private Outcome Validate(JsonNode? value, Schema schema, Correlation? correlation)
    {
        var outcome = ValidateNode(value, schema, correlation);
        if (!outcome.IsValid && correlation?.DeepEqual() == true)
            outcome.Problems = null;
        return outcome;
    }

    private Outcome ValidateNode(JsonNode? value, Schema schema, Correlation? correlation)
    {
        var outcome = default(Outcome);
        if (value is null)
        {
            if (!schema.Nullable && ValueTypes.Describe(schema) is { } expected)
                AddTypeError(ref outcome, expected, "null");
            else
                outcome.Matches++;
            ValidateEnum(null, schema, ref outcome);
            return outcome;
        }

        var kind = value.GetValueKind();
        var format = ValueTypes.EffectiveFormat(schema);
        if (schema.Type is not null || schema.IntOrString || format is not null)
        {
            ValidateType(value, kind, schema, format, ref outcome);
            outcome.Matches++;
        }
        if (schema.AnyOf.Count > 0 || schema.OneOf.Count > 0 || schema.AllOf.Count > 0 || schema.Not is not null)
            ValidateCombinations(value, schema, ref outcome);
        outcome.Matches += 2;
        switch (kind)
        {
            case JsonValueKind.String:
                ValidateString(value.AsStringOrNull()!, schema, ref outcome);
                outcome.Matches++;
                if (format is not null && StringFormats.Find(format) is { } check)
                {
                    if (!check(value.AsStringOrNull()!))
                        AddTypeError(ref outcome, format, value.AsStringOrNull()!);
                    outcome.Matches++;
                }
                break;
            case JsonValueKind.Number:
                ValidateNumber((JsonValue)value, schema, format, ref outcome);
                outcome.Matches += 2;
                break;
            case JsonValueKind.Array:
                ValidateArray((JsonArray)value, schema, correlation, ref outcome);
                outcome.Matches += 2;
                break;
        }
        ValidateEnum(value, schema, ref outcome);
        outcome.Matches++;
        if (kind == JsonValueKind.Object)
        {
            ValidateObject((JsonObject)value, schema, correlation, ref outcome);
            outcome.Matches++;
        }
        outcome.Matches++;
        return outcome;
    }

    private void ValidateType(JsonNode value, JsonValueKind kind, Schema schema, string? format, ref Outcome outcome)
    {
        var (actual, actualFormat) = ValueTypes.Of(value, kind);
        var fits = ValueTypes.Takes(schema, actual)
            || (actual == "number" && ValueTypes.Takes(schema, "integer") && IsNearlyWhole(value.AsDoubleOrNull() ?? double.NaN))
            || (actual == "integer" && ValueTypes.Takes(schema, "number"));
        var textOrList = kind is JsonValueKind.String or JsonValueKind.Array;
        if (!textOrList && format is not null && !fits && format != actualFormat)
            AddTypeError(ref outcome, format, actualFormat);
        else if (textOrList && format is not null && !ValueTypes.Takes(schema, "number") && !ValueTypes.Takes(schema, "integer"))
            outcome.Matches++; // As kube-openapi: a format alone decides then, and it does not look at lists.
        else if (!fits)
            AddTypeError(ref outcome, ValueTypes.Describe(schema) ?? "", actual);
        else
            outcome.Matches++;
    }

    private void ValidateString(string text, Schema schema, ref Outcome outcome)
    {
        if (schema.MaxLength is { } most && text.Length > most && ValueTypes.CodePoints(text) > most)
            Add(ref outcome, $"{path} in body should be at most {most} chars long", FieldError.TooLong(Field(), (int)Math.Min(most, int.MaxValue)));
        else if (schema.MinLength is { } least && (text.Length < least || ValueTypes.CodePoints(text) < least))
            Add(ref outcome, text, $"{path} in body should be at least {least} chars long");
        else if (schema.Pattern is { Length: > 0 } pattern && !schema.MatchesPattern(text, out var problem))
            Add(ref outcome, text, $"{path} in body should match '{pattern}{(problem is null ? "" : $", but pattern is invalid: {problem}")}'");
    }

    private void ValidateArray(JsonArray list, Schema schema, Correlation? correlation, ref Outcome outcome)
    {
        if (schema.Items is { } items)
        {
            var length = path.Length;
            for (var i = 0; i < list.Count; i++)
            {
                path.Append('[').Append(i).Append(']');
                outcome.Merge(Validate(list[i], items, correlation?.Index(i)));
                path.Length = length;
            }
        }
        if (schema.MinItems is { } least && list.Count < least)
            Add(ref outcome, (long)list.Count, $"{path} in body should have at least {least} items");
        if (schema.MaxItems is { } most && list.Count > most)
            Add(ref outcome, $"{path} in body should have at most {most} items", FieldError.TooMany(Field(), list.Count, (int)most));
        if (schema.UniqueItems && list.Where((item, i) => list.Take(i).Any(other => JsonNodeExtensions.DeepEquals(item, other))).Any())
            Add(ref outcome, "", $"{path} in body shouldn't contain duplicates");
    }

    private void ValidateObject(JsonObject map, Schema schema, Correlation? correlation, ref Outcome outcome)
    {
        if (schema.MinProperties is { } least && map.Count < least)
            Add(ref outcome, (long)map.Count, $"{path} in body should have at least {least} properties");
        if (schema.MaxProperties is { } most && map.Count > most)
            Add(ref outcome, $"{path} in body should have at most {most} properties", FieldError.TooMany(Field(), map.Count, (int)most));
        var length = path.Length;
        foreach (var (name, value) in map)
        {
            var known = schema.Properties.TryGetValue(name, out var property);
            if (!known && schema.AdditionalPropertiesAllowed == false)
                Add(ref outcome, name, $"{path}.{name} in body is a forbidden property");
            if ((property ?? schema.AdditionalProperties) is not { } child)
                continue;
            // Map keys follow a dot even at the root of the value; fields do not.
            if (length > 0 || !known)
                path.Append('.');
            path.Append(name);
            // The version and kind of an old object are not comparable: it has been converted.
            var correlated = length == 0 && name is "apiVersion" or "kind" ? null : correlation?.Key(name);
            outcome.Merge(Validate(value, child, correlated));
            path.Length = length;
        }
        foreach (var name in schema.Required)
        {
            if (map.ContainsKey(name))
                continue;
            path.Append('.').Append(name);
            Add(ref outcome, $"{path} in body is required", FieldError.Required(Field()));
            path.Length = length;
        }
    }

    private void ValidateEnum(JsonNode? value, Schema schema, ref Outcome outcome)
    {
        if (schema.Enum is not { Count: > 0 } allowed || (value is not null && allowed.Any(a => ValueTypes.EnumEquals(value, a))))
            return;
        var texts = allowed.Select(a => a is null ? "null" : a.AsStringOrNull() ?? a.ToJsonString());
        Add(ref outcome, $"{path} in body should be one of [{string.Join(' ', texts)}]", FieldError.NotSupported(Field(), value, texts));
    }

    private void ValidateCombinations(JsonNode value, Schema schema, ref Outcome outcome)
    {
        if (schema.AnyOf.Count > 0)
            ValidateAnyOf(value, schema.AnyOf, ref outcome);
        if (schema.OneOf.Count > 0)
            ValidateOneOf(value, schema.OneOf, ref outcome);
        if (schema.AllOf.Count > 0)
        {
            var valid = 0;
            foreach (var part in schema.AllOf)
            {
                var result = Validate(value, part, null);
                valid += result.IsValid ? 1 : 0;
                outcome.Merge(result);
            }
            if (valid < schema.AllOf.Count)
                AddSentence(ref outcome, $"{FieldError.Quote(path.ToString())} must validate all the schemas (allOf){(valid == 0 ? ". None validated" : "")}");
        }
        if (schema.Not is { } not && Validate(value, not, null).IsValid)
            AddSentence(ref outcome, $"{FieldError.Quote(path.ToString())} must not validate the schema (not)");
    }

    private void ValidateAnyOf(JsonNode value, IReadOnlyList<Schema> parts, ref Outcome outcome)
    {
        Outcome? best = null;
        foreach (var part in parts)
        {
            var result = Validate(value, part, null);
            if (result.IsValid)
            {
                outcome.Merge(result);
                return;
            }
            if (best is null || result.Matches > best.Value.Matches)
                best = result;
        }
        AddSentence(ref outcome, $"{FieldError.Quote(path.ToString())} must validate at least one schema (anyOf)");
        outcome.Merge(best!.Value);
    }

    private void ValidateOneOf(JsonNode value, IReadOnlyList<Schema> parts, ref Outcome outcome)
    {
        Outcome? best = null;
        Outcome? success = null;
        var valid = 0;
        foreach (var part in parts)
        {
            var result = Validate(value, part, null);
            if (result.IsValid)
            {
                valid++;
                success ??= result;
            }
            else if (valid == 0 && (best is null || result.Matches > best.Value.Matches))
            {
                best = result;
            }
        }
        if (valid == 1)
        {
            outcome.Merge(success!.Value);
            return;
        }
        var found = valid == 0 ? "Found none valid" : $"Found {valid} valid alternatives";
        AddSentence(ref outcome, $"{FieldError.Quote(path.ToString())} must validate one and only one schema (oneOf). {found}");
        if (valid == 0)
            outcome.Merge(best!.Value);
    }

    private void AddTypeError(ref Outcome outcome, string expected, string actual)
    {
        var sentence = $"{path} in body must be of type {expected}: {FieldError.Quote(actual)}";
        Add(ref outcome, sentence, FieldError.TypeInvalid(Field(), actual, sentence));
    }

    private void Add(ref Outcome outcome, JsonNode? value, string sentence) => Add(ref outcome, sentence, FieldError.Invalid(Field(), value, sentence));

    /// <summary>A problem that kube-apiserver blames on the value as a whole.</summary>
    private void AddSentence(ref Outcome outcome, string sentence) => Add(ref outcome, sentence, FieldError.Invalid(prefix, "", sentence));

    private static void Add(ref Outcome outcome, string sentence, FieldError error) => outcome.Add(new Problem(sentence, error));

    /// <summary>The path in the object, for the field of an error; the sentences name <see cref="path"/>.</summary>
    private string Field()
    {
        var start = path.Length > 0 && path[0] == '.' ? 1 : 0;
        var name = path.ToString(start, path.Length - start);
        return prefix.Length == 0 ? name : name.Length == 0 ? prefix : $"{prefix}.{name}";
    }
}
