using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Api;
using Flotilla.Api.Rollouts;
using Flotilla.Core.Windows;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;
using Flotilla.TestKit;

namespace Flotilla.Core.Tests.Windows;

public sealed class MaintenanceCalendarTests
{
    private const string Minutes = "yyyy-MM-dd'T'HH:mm";

    private static readonly IReadOnlyList<JsonObject> Documents =
        [.. YamlReader.ReadAll(File.ReadAllBytes(Path.Combine(Repository.Root, "tests", "Flotilla.Core.Tests", "Windows", "calendars.yaml"))).Select(d => (JsonObject)d.Content!)];

    public static TheoryData<string> Names => [.. Documents.Select(d => d.String("name")!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Answers_as_the_table_says(string name)
    {
        var document = Documents.Single(d => d.String("name") == name);
        var calendar = MaintenanceCalendar.Make(
            [.. Read(document, "windows", ApiJson.Default.MaintenanceWindowSpec)], document.String("zone"), [.. Read(document, "freezes", ApiJson.Default.Freeze)], Zone);

        var table = document.String("answers")!;

        Assert.Equal(table, string.Concat(table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Answer(calendar, line))), ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void Who_moves_to_another_zone_has_other_hours_from_then_on()
    {
        IReadOnlyList<MaintenanceWindowSpec> night = [new() { Open = [new() { Days = ["Mon"], From = "01:00", To = "03:00" }] }];
        var now = new DateTimeOffset(2026, 6, 14, 23, 30, 0, TimeSpan.Zero);

        var berlin = MaintenanceCalendar.Make(night, "Europe/Berlin", [], Zone).At(now);
        var lisbon = MaintenanceCalendar.Make(night, "Europe/Lisbon", [], Zone).At(now);

        Assert.Equal(now.AddMinutes(90), berlin.Closes);
        Assert.Equal((Reasons.WindowClosed, now.AddMinutes(30)), (lisbon.Reason, lisbon.Opens));
    }

    [Fact]
    public void Asking_again_costs_no_memory()
    {
        var calendar = MaintenanceCalendar.Make([new() { Open = [new() { Days = ["Mon"], From = "01:00", To = "03:00" }] }], "Europe/Berlin", [], Zone);
        var now = new DateTimeOffset(2026, 6, 14, 23, 30, 0, TimeSpan.Zero);
        calendar.At(now);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            calendar.At(now.AddMinutes(i), TimeSpan.FromMinutes(10));

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory]
    [InlineData("2026-06-14T23:30", "The maintenance window is open until 2026-06-15 01:00:00Z.")]
    [InlineData("2026-06-15T23:30", "It is outside the maintenance window; it may begin at 2026-06-21 23:00:00Z.")]
    [InlineData("2026-12-24T12:00", "The maintenance window has a blackout (Christmas); it may begin at 2026-12-28 00:00:00Z.")]
    [InlineData("2027-02-02T12:00", "Changes are frozen; it may begin at 2027-02-08 00:00:00Z.")]
    public void Says_it_in_words(string at, string expected)
    {
        var calendar = MaintenanceCalendar.Make(
            [
                new()
                {
                    Open = [new() { Days = ["Mon"], From = "01:00", To = "03:00" }],
                    Blackouts = [new() { From = "2026-12-24", To = "2026-12-26", Reason = "Christmas" }],
                },
            ],
            "Europe/Berlin", [new() { From = Time("2027-02-01T00:00"), To = Time("2027-02-07T00:00") }], Zone);

        Assert.Equal(expected, calendar.At(Time(at)).Say());
    }

    private static string Answer(MaintenanceCalendar calendar, string line)
    {
        var question = line[..line.IndexOf(": ", StringComparison.Ordinal)];
        var parts = question.Split(" +");
        var answer = calendar.At(Time(parts[0]), TimeSpan.FromMinutes(parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0));
        var because = answer.Because is { } why ? $" ({why})" : "";
        return answer.IsOpen
            ? $"{question}: open, last start {Show(answer.LastStart)}, closes {Show(answer.Closes)}\n"
            : $"{question}: closed {answer.Reason}{because}, {(answer.Opens is { } opens ? "opens " : "")}{Show(answer.Opens)}\n";
    }

    private static string Show(DateTimeOffset? time) => time?.ToString(Minutes, CultureInfo.InvariantCulture) ?? "never";

    private static DateTimeOffset Time(string text) => DateTimeOffset.ParseExact(text, Minutes, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static TimeZoneInfo? Zone(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;

    private static IEnumerable<T> Read<T>(JsonObject document, string key, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        (document.Array(key) ?? []).Select(node => node.Deserialize(type)!);
}
