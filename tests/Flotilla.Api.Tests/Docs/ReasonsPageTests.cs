using System.Reflection;
using Flotilla.TestKit;

namespace Flotilla.Api.Tests.Docs;

/// <summary>docs/reasons.md explains every reason once, and nothing else.</summary>
public sealed class ReasonsPageTests
{
    private static readonly string[][] Rows =
    [
        .. File.ReadAllLines(Path.Combine(Repository.Root, "docs", "reasons.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1]),
    ];

    [Fact]
    public void Every_reason_is_explained_once()
    {
        var reasons = typeof(Reasons).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);
        Assert.Equal(reasons.Order(StringComparer.Ordinal), Rows.Select(row => row[0].Trim('`')).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_row_says_what_it_means_and_what_to_do() => Assert.All(Rows, row =>
    {
        Assert.Equal(3, row.Length);
        Assert.EndsWith(".", row[1], StringComparison.Ordinal);
        Assert.EndsWith(".", row[2], StringComparison.Ordinal);
    });

    [Fact]
    public void A_reason_is_named_as_it_is_written() => Assert.All(
        typeof(Reasons).GetFields(BindingFlags.Public | BindingFlags.Static), field => Assert.Equal(field.Name, field.GetRawConstantValue()));
}
