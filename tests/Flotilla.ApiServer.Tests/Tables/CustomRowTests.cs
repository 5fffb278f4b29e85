using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Tables;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tests.Tables;

public sealed class CustomRowTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.Parse("2026-01-01T01:00:00Z", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("string", "\"a\"", "\"a\"")]
    [InlineData("string", "12", "\"12\"")]
    [InlineData("string", "1.5", "\"1.5\"")]
    [InlineData("string", "true", "\"true\"")]
    [InlineData("string", """{"b":1,"a":[true]}""", """
        "{\"a\":[true],\"b\":1}"
        """)]
    [InlineData("integer", "12", "12")]
    [InlineData("integer", "1.5", "1")]
    [InlineData("integer", "\"12\"", "null")]
    [InlineData("number", "1.5", "1.5")]
    [InlineData("boolean", "false", "false")]
    [InlineData("boolean", "\"false\"", "null")]
    [InlineData("date", "\"2026-01-01T00:00:00Z\"", "\"60m\"")]
    [InlineData("date", "\"yesterday\"", "\"<invalid>\"")]
    [InlineData("date", "7", "null")]
    [InlineData("string", "null", "null")]
    public void Values_are_brought_to_the_type_of_their_column(string type, string value, string cell)
    {
        var obj = (JsonObject)JsonText.Parse(Encoding.UTF8.GetBytes($$"""{"metadata":{"name":"x"},"spec":{{value}}}"""))!;
        var table = TablePrinter.ForCustom([new TableColumn("C", type, "", "", 1, ".spec", o => o["spec"])]).Print(obj, new TableOptions(), Now);
        Assert.Equal($"[\"x\",{cell.Trim()}]", Encoding.UTF8.GetString(JsonText.ToUtf8(table.Array("rows")![0].Array("cells"))));
    }

    [Fact]
    public void Columns_without_a_description_name_their_path()
    {
        var table = TablePrinter.ForCustom([new TableColumn("Phase", "string", "", "", 0, ".status.phase", _ => null), TableColumn.Age]).Print(null, [], new TableOptions(), Now);
        var columns = table.Array("columnDefinitions")!;
        Assert.Equal(["Name", "Phase", "Age"], columns.Select(c => c.String("name")));
        Assert.Equal("Custom resource definition column (in JSONPath format): .status.phase", columns[1].String("description"));
        Assert.StartsWith("CreationTimestamp is", columns[2].String("description"), StringComparison.Ordinal);
    }
}
