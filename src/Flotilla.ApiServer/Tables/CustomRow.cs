using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tables;

/// <summary>Cells of custom resources: the value that a column finds, brought to the column's type.</summary>
internal static class CustomRow
{
    public static JsonNode?[] Cells(JsonObject obj, IReadOnlyList<TableColumn> columns, DateTimeOffset now)
    {
        var cells = new JsonNode?[columns.Count + 1];
        cells[0] = obj.Object("metadata").String("name") ?? "";
        for (var i = 0; i < columns.Count; i++)
            cells[i + 1] = Cell(columns[i].Type, columns[i].Value(obj), now);
        return cells;
    }

    /// <summary>A value that does not fit its column's type gives an empty cell.</summary>
    internal static JsonNode? Cell(string type, JsonNode? value, DateTimeOffset now) => (type, value?.GetValueKind()) switch
    {
        (_, null or JsonValueKind.Null) => null,
        ("string", _) => Text(value!),
        ("integer", JsonValueKind.Number) => Whole(value!),
        ("number", JsonValueKind.Number) => value.AsDoubleOrNull(),
        ("boolean", JsonValueKind.True or JsonValueKind.False) => value.AsBoolOrNull(),
        ("date", JsonValueKind.String) => Date(value.AsStringOrNull()!, now),
        _ => null,
    };

    private static JsonNode? Whole(JsonNode value) =>
        value.AsInt64OrNull() ?? (value.AsDoubleOrNull() is { } d && Math.Abs(d) < 9.2e18 ? (long)d : null);

    private static string Date(string text, DateTimeOffset now)
    {
        if (text.Length == 0)
            return HumanDuration.Unknown;
        return HumanDuration.Parse(text) is { } time ? HumanDuration.Since(time, now) : HumanDuration.Invalid;
    }

    private static string Text(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.String => value.AsStringOrNull()!,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Number => value.AsInt64OrNull() is { } whole ? whole.ToString(CultureInfo.InvariantCulture) : value.ToJsonString(),
        _ => SortedJson(value),
    };

    // Go prints maps with their keys in order.
    private static string SortedJson(JsonNode value)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        JsonText.Write(buffer, Sorted(value));
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Sorted(p.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
