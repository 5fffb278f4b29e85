using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Tables.Rows;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tables;

/// <summary>
/// Makes <c>meta.k8s.io</c> Tables of the objects of one resource: the columns that kubectl prints, computed at the server.
/// Objects given are only read.
/// </summary>
internal sealed class TablePrinter
{
    private static readonly ConcurrentDictionary<(string ApiVersion, string Plural), TablePrinter> BuiltIn = new();

    private readonly JsonArray definitions;
    private readonly RowCells cells;
    private readonly bool ofPods;

    private TablePrinter(JsonArray definitions, RowCells cells, bool ofPods = false)
    {
        this.definitions = definitions;
        this.cells = cells;
        this.ofPods = ofPods;
    }

    /// <summary>The printer of a built-in resource; one that nobody knows shows name and creation time.</summary>
    public static TablePrinter For(string apiVersion, string plural) => BuiltIn.GetOrAdd((apiVersion, plural), static resource =>
        ColumnDefinitions.Of(resource.ApiVersion, resource.Plural) is { } known && BuiltInRows.Find($"{resource.ApiVersion}/{resource.Plural}") is { } cells
            ? new TablePrinter(known, cells, resource is ("v1", "pods"))
            : new TablePrinter(
                [
                    ColumnDefinitions.Define("Name", "string", "name", ColumnDefinitions.Name, 0),
                    ColumnDefinitions.Define("Created At", "date", "", ColumnDefinitions.CreationTimestamp, 0),
                ],
                BuiltInRows.NameAndCreation));

    /// <summary>The printer of a custom resource: name and these columns. Keep it as long as the CRD does not change.</summary>
    public static TablePrinter ForCustom(IReadOnlyList<TableColumn> columns)
    {
        var definitions = new JsonArray(ColumnDefinitions.Define("Name", "string", "name", ColumnDefinitions.Name, 0));
        foreach (var column in columns)
            definitions.Add((JsonNode)ColumnDefinitions.Define(column.Name, column.Type, column.Format, column.ShownDescription, column.Priority));
        return new TablePrinter(definitions, (obj, now) => CustomRow.Cells(obj, columns, now));
    }

    /// <summary>A Table of many objects; <paramref name="listMeta"/> is the metadata of the list (resourceVersion, continue …).</summary>
    public JsonObject Print(JsonObject? listMeta, IEnumerable<JsonObject> items, TableOptions options, DateTimeOffset now)
    {
        var rows = new JsonArray();
        foreach (var item in items)
            rows.Add((JsonNode)Row(item, options, now));
        return new JsonObject
        {
            ["kind"] = "Table",
            ["apiVersion"] = options.ApiVersion,
            ["metadata"] = listMeta?.DeepClone() ?? new JsonObject(),
            ["columnDefinitions"] = options.Headers ? definitions.DeepClone() : null,
            ["rows"] = rows,
        };
    }

    /// <summary>A Table of one object, also for an event of a watch.</summary>
    public JsonObject Print(JsonObject obj, TableOptions options, DateTimeOffset now)
    {
        var meta = new JsonObject();
        if (obj.Object("metadata").String("resourceVersion") is { Length: > 0 } revision)
            meta["resourceVersion"] = revision;
        return Print(meta, [obj], options, now);
    }

    private JsonObject Row(JsonObject obj, TableOptions options, DateTimeOffset now)
    {
        var row = new JsonObject { ["cells"] = new JsonArray(cells(obj, now)) };
        if (ofPods && PodRow.Conditions(obj) is { } conditions)
            row["conditions"] = conditions;
        row["object"] = options.Include switch
        {
            IncludeObject.None => null,
            IncludeObject.Object => obj.DeepClone(),
            _ => PartialMetadata.Of(obj, options.ApiVersion),
        };
        return row;
    }
}
