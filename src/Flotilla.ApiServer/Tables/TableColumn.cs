using System.Text.Json.Nodes;

namespace Flotilla.ApiServer.Tables;

/// <summary>A printer column of a custom resource (one of a CRD's <c>additionalPrinterColumns</c>).</summary>
/// <param name="Name">The heading.</param>
/// <param name="Type"><c>string</c>, <c>integer</c>, <c>number</c>, <c>boolean</c> or <c>date</c>.</param>
/// <param name="Format">OpenAPI format, mostly empty.</param>
/// <param name="Description">For people; empty when the CRD says nothing.</param>
/// <param name="Priority">0 is always shown; above 0 only in wide output.</param>
/// <param name="JsonPath">The path, as the CRD has it.</param>
/// <param name="Value">Finds the (first) value in an object; null when there is none. The node may belong to the object.</param>
internal sealed record TableColumn(
    string Name, string Type, string Format, string Description, long Priority, string JsonPath, Func<JsonObject, JsonNode?> Value)
{
    /// <summary>What a CRD without printer columns shows besides the name.</summary>
    public static readonly TableColumn Age = new(
        "Age", "date", "", ColumnDefinitions.CreationTimestamp, 0, ".metadata.creationTimestamp",
        obj => (obj["metadata"] as JsonObject)?["creationTimestamp"]);

    /// <summary>The text for people that the column shows.</summary>
    public string ShownDescription =>
        Description.Length > 0 ? Description : $"Custom resource definition column (in JSONPath format): {JsonPath}";
}
