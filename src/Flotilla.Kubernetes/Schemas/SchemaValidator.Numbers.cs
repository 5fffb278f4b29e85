using System.Globalization;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Schemas;

internal sealed partial class SchemaValidator
{
    /// <summary>
    /// Range of the type and format, then <c>multipleOf</c>, <c>minimum</c>, <c>maximum</c>. Whole numbers are compared with the bound cut to a
    /// whole number, as kube-openapi does; a <c>multipleOf</c> below one therefore refuses every whole number there and here.
    /// </summary>
    private void ValidateNumber(JsonValue value, Schema schema, string? format, ref Outcome outcome)
    {
        var type = schema.IntOrString ? null : schema.Type is "integer" or "number" ? schema.Type : null;
        var whole = value.TryGetValue(out long integer) ? integer : (long?)null;
        var number = whole ?? value.AsDoubleOrNull() ?? 0;
        CheckRange(whole is { } exact ? exact.ToString(CultureInfo.InvariantCulture) : GoNumbers.Fixed(number), number, type, format, "Checked", ref outcome);
        if (schema.MultipleOf is { } factor)
        {
            var native = CheckRange(GoNumbers.Fixed(factor), factor, type, format, "MultipleOf", ref outcome);
            CheckMultiple(native ? whole : null, number, factor, ref outcome);
        }
        if (schema.Minimum is { } minimum)
        {
            var native = CheckRange(GoNumbers.Fixed(minimum), minimum, type, format, "Minimum boundary", ref outcome);
            var bound = native && whole is not null ? (long)minimum : minimum;
            if (schema.ExclusiveMinimum ? number <= bound : number < bound)
                AddBound(value, "greater than", schema.ExclusiveMinimum, native && whole is not null, minimum, ref outcome);
        }
        if (schema.Maximum is { } maximum)
        {
            var native = CheckRange(GoNumbers.Fixed(maximum), maximum, type, format, "Maximum boundary", ref outcome);
            var bound = native && whole is not null ? (long)maximum : maximum;
            if (schema.ExclusiveMaximum ? number >= bound : number > bound)
                AddBound(value, "less than", schema.ExclusiveMaximum, native && whole is not null, maximum, ref outcome);
        }
    }

    private void AddBound(JsonValue value, string relation, bool exclusive, bool whole, double bound, ref Outcome outcome)
    {
        var shown = whole ? ((long)bound).ToString(CultureInfo.InvariantCulture) : GoNumbers.General(bound);
        Add(ref outcome, value, $"{path} in body should be {relation}{(exclusive ? "" : " or equal to")} {shown}");
    }

    private void CheckMultiple(long? whole, double number, double factor, ref Outcome outcome)
    {
        if (whole is { } integer)
        {
            var step = (long)factor;
            if (step <= 0)
                Add(ref outcome, step, $"factor MultipleOf declared for {path} must be positive: {step}");
            else if (integer % step != 0)
                Add(ref outcome, integer, $"{path} in body should be a multiple of {step}");
            return;
        }
        if (factor <= 0)
            Add(ref outcome, factor, $"factor MultipleOf declared for {path} must be positive: {GoNumbers.General(factor)}");
        else if (!IsNearlyWhole(factor < 1 ? 1 / factor * number : number / factor))
            Add(ref outcome, number, $"{path} in body should be a multiple of {GoNumbers.General(factor)}");
    }

    /// <summary>Whole within the rounding of doubles, and exact in one (below 2^53).</summary>
    private static bool IsNearlyWhole(double value)
    {
        const double Epsilon = 1e-9;
        if (!double.IsFinite(value) || Math.Abs(value) > 9007199254740991)
            return false;
        var whole = Math.Truncate(value);
        var difference = Math.Abs(value - whole);
        if (difference == 0)
            return true;
        return value == 0 || whole == 0 ? difference < Epsilon * double.Epsilon : difference / (Math.Abs(value) + Math.Abs(whole)) < Epsilon;
    }

    private bool CheckRange(string text, double number, string? type, string? format, string what, ref Outcome outcome)
    {
        var fits = type switch
        {
            "integer" when format == "int32" => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            "integer" => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            "number" when format == "float" => double.IsInfinity(number) || Math.Abs(number) <= float.MaxValue,
            _ => true,
        };
        if (!fits)
            AddSentence(ref outcome, $"{what} value must be of type {type} {(format is null ? "(default format)" : $"with format {format}")} in {path}");
        return fits;
    }
}
