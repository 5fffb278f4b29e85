using System.Text.Json.Nodes;

namespace Flotilla.ApiServer.Tables.Rows;

/// <summary>Computes the cells of one object, in the order of the resource's columns. Any field may be absent.</summary>
internal delegate JsonNode?[] RowCells(JsonObject obj, DateTimeOffset now);
